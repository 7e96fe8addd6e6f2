package io.loadonce.bench.built;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.house.SourceTree;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The AOT caches of the container, as real JVMs make and read them: the directory is laid out like
 * the image, its jars come from the class path of this test, and the commands are those of the
 * Dockerfile. A JVM that reads a cache says of our classes that they came from it.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class RehearsalTest {

  private static final String IMAGE = "/opt/loadonce/";
  private static final String SERVER = "loadonce-server";
  private static final String CLIENT = "loadonce-commands";
  private static final String SERVER_MAIN = "io.loadonce.server.Main";
  private static final String CLIENT_MAIN = "io.loadonce.commands.Main";

  private static final String FROM_CACHE = " source: shared objects file";
  private static final String FROM_JAR = " source: file:";

  private static final int REHEARSAL_SECONDS = 400;
  private static final int START_SECONDS = 120;

  private final Path directory;
  private final Path image;

  RehearsalTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.image = Files.createDirectories(directory.toRealPath().resolve("an image"));
  }

  @BeforeAll
  void rehearse() throws Exception {
    Path deploy = Files.createDirectories(image.resolve("deploy"));
    try (Stream<Path> files = Files.list(SourceTree.root().resolve("deploy"))) {
      for (Path file : files.toList()) {
        Files.copy(file, deploy.resolve(file.getFileName()));
      }
    }
    build(SERVER, SERVER_MAIN);
    build(CLIENT, CLIENT_MAIN);
    // The rehearsal must not see these: they would lead it to another database, another collector.
    Map<String, String> astray =
        Map.of("LOADONCE_DB_URL", "jdbc:h2:mem:none", "JDK_JAVA_OPTIONS", "-XX:+UseZGC");
    List<String> command = new ArrayList<>(List.of("sh", deploy.resolve("rehearse").toString()));
    command.add(java());
    for (String name : List.of(SERVER, CLIENT)) {
      command.add(image.resolve(name + ".jar").toString());
    }
    Run run = run(REHEARSAL_SECONDS, astray, command);
    assertThat(run.said()).isEmpty();
    assertThat(run.exit()).isZero();
  }

  @Test
  void rehearse_itsEnd_leavesTheCachesOnly() throws IOException {
    try (Stream<Path> left = Files.list(image)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "deploy", "lib", SERVER + ".jar", SERVER + ".aot", CLIENT + ".jar", CLIENT + ".aot");
    }
  }

  @Test
  void entrypoint_afterTheRehearsal_readsTheCache() throws Exception {
    assertThat(sourceOf(SERVER_MAIN, "", "ENTRYPOINT", "--print-config")).contains(FROM_CACHE);
  }

  @Test
  void healthcheck_afterTheRehearsal_readsTheCache() throws Exception {
    assertThat(sourceOf(CLIENT_MAIN, "", "HEALTHCHECK", "--help")).contains(FROM_CACHE);
  }

  /** Planted: each of these keeps the JVM from reading the cache, and the check sees it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:+UseZGC",
        "-XX:-UseCompactObjectHeaders",
        "--add-opens=java.base/java.lang=ALL-UNNAMED"
      })
  void entrypoint_optionsThatTheCacheDoesNotFit_startsWithoutItAndSaysNothing(String option)
      throws Exception {
    assertThat(sourceOf(SERVER_MAIN, option, "ENTRYPOINT", "--print-config")).contains(FROM_JAR);
  }

  @Test
  void healthcheck_jarOfAnotherTime_startsWithoutTheCacheAndSaysNothing() throws Exception {
    Path jar = image.resolve(CLIENT + ".jar");
    FileTime time = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    try {
      assertThat(sourceOf(CLIENT_MAIN, "", "HEALTHCHECK", "--help")).contains(FROM_JAR);
    } finally {
      Files.setLastModifiedTime(jar, time);
    }
  }

  /** Where the JVM that the Dockerfile's {@code instruction} starts has {@code type} from. */
  private String sourceOf(String type, String option, String instruction, String argument)
      throws Exception {
    List<String> command = command(instruction);
    command.set(0, java());
    // Where options of the JVM may stand that win over those before.
    int last = command.lastIndexOf("-Xlog:aot*=off");
    command.add(last + 1, "-Xlog:class+load:file=" + directory.resolve("classes.txt"));
    if (!option.isEmpty()) {
      command.add(last + 1, option);
    }
    command.add(argument);
    Run run = run(START_SECONDS, Map.of(), command);
    assertThat(run.exit()).as(run.said()).isZero();
    assertThat(run.said()).doesNotContain("[warning]", "[error]", "AOT");
    return Files.readAllLines(directory.resolve("classes.txt")).stream()
        .filter(line -> line.contains(" " + type + " source: "))
        .findFirst()
        .orElseThrow();
  }

  /** The words of the last {@code instruction} of the Dockerfile, with the paths of this test. */
  private List<String> command(String instruction) throws IOException {
    String dockerfile = Files.readString(SourceTree.root().resolve("Dockerfile"));
    String words =
        dockerfile
            .substring(dockerfile.lastIndexOf("\n" + instruction + " "))
            .replaceAll("\\\\\n", " ")
            .replaceFirst("(?s)].*", "")
            .replaceFirst("(?s).*?\\[", "");
    return new ArrayList<>(
        Pattern.compile("\"([^\"]*)\"")
            .matcher(words)
            .results()
            .map(word -> word.group(1).replace(IMAGE, image + "/"))
            .toList());
  }

  private static String java() {
    return System.getProperty("java.home") + "/bin/java";
  }

  /** A jar without classes, whose manifest names the class path of this test. */
  private void build(String name, String main) throws IOException {
    Path libraries = Files.createDirectories(image.resolve("lib"));
    List<String> names = new ArrayList<>();
    for (String entry : List.of(System.getProperty("java.class.path").split(File.pathSeparator))) {
      Path library = Path.of(entry);
      if (Files.isDirectory(library)) {
        Path classes = library;
        library = libraries.resolve(name + names.size() + ".jar");
        jar(library, new Manifest(), classes);
      }
      if (Files.exists(library)) {
        names.add(image.relativize(library.toRealPath()).toString());
      }
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main);
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", names));
    jar(image.resolve(name + ".jar"), manifest, Files.createTempDirectory(directory, "empty"));
  }

  private static void jar(Path jar, Manifest manifest, Path classes) throws IOException {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> all = Files.walk(classes)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        String entry = classes.relativize(path).toString().replace('\\', '/');
        if (!entry.startsWith("META-INF/MANIFEST")) {
          out.putNextEntry(new JarEntry(entry));
          Files.copy(path, out);
        }
      }
    }
  }

  private Run run(int seconds, Map<String, String> environment, List<String> words)
      throws IOException, InterruptedException {
    Path said = directory.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(image.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("LOADONCE_") || name.matches("(JAVA|JDK)_.*OPT.*"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(seconds, SECONDS)).isTrue();
    } finally {
      process.destroy();
    }
    return new Run(process.exitValue(), Files.readString(said, UTF_8));
  }

  private record Run(int exit, String said) {}
}
