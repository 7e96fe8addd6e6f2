package io.loadonce.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The AOT caches as real JVMs make and take them, of a project built from the class path of this
 * test. A JVM that takes one says of our classes that they came from it.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RehearsalTest {

  private static final String SERVER = "server/target/loadonce-server-1";
  private static final String CLIENT = "client/commands/target/loadonce-commands-1";

  private static final String FROM_CACHE = " source: shared objects file";
  private static final String FROM_JAR = " source: file:";

  private static final int REHEARSAL_SECONDS = 400;
  private static final int START_SECONDS = 120;

  private final Path directory;
  private final Path project;

  RehearsalTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.project = Files.createDirectories(directory.toRealPath().resolve("a project"));
  }

  @BeforeAll
  void rehearse() throws Exception {
    for (String script : List.of("loadonce", "deploy/rehearse")) {
      Files.createDirectories(project.resolve(script).getParent());
      Files.copy(SourceTree.root().resolve(script), project.resolve(script));
    }
    build(SERVER, "io.loadonce.server.Main");
    build(CLIENT, "io.loadonce.commands.Main");
    // What would lead the rehearsal astray if it saw it.
    Map<String, String> astray =
        Map.of("LOADONCE_DB_URL", "jdbc:h2:mem:none", "JDK_JAVA_OPTIONS", "-XX:+UseZGC");
    Run run = run(REHEARSAL_SECONDS, astray, "rehearse");
    assertThat(run.said()).isEmpty();
    assertThat(run.exit()).isZero();
  }

  @Test
  void rehearse_itsEnd_leavesTheCachesOnly() throws IOException {
    for (String jar : List.of(SERVER, CLIENT)) {
      try (Stream<Path> left = Files.list(project.resolve(jar).getParent())) {
        assertThat(left.map(file -> file.getFileName().toString()))
            .allMatch(name -> name.matches("lib|loadonce-\\w+-1\\.(jar|aot)"))
            .hasSize(3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "io.loadonce.server.Main, serve --print-config",
    "io.loadonce.commands.Main, get --help",
    "io.loadonce.commands.Main, check --help"
  })
  void start_afterTheRehearsal_takesTheCache(String main, String command) throws Exception {
    assertThat(sourceOf(main, "", command)).contains(FROM_CACHE);
  }

  /** Planted: each of these keeps the JVM from taking the cache, and the check sees it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:+UseZGC",
        "-XX:-UseCompactObjectHeaders",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-Xshare:off"
      })
  void start_optionsThatTheCacheDoesNotSuit_startsWithoutAndSaysNothing(String option)
      throws Exception {
    assertThat(sourceOf("io.loadonce.server.Main", option, "serve --print-config"))
        .contains(FROM_JAR);
  }

  /** The launcher looks at the time, the JVM at what the cache says of the jar. */
  @Test
  void start_jarOlderThanTheCacheButAnother_startsWithoutAndSaysNothing() throws Exception {
    Path jar = project.resolve(CLIENT + ".jar");
    FileTime time = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    try {
      assertThat(sourceOf("io.loadonce.commands.Main", "", "check --help")).contains(FROM_JAR);
    } finally {
      Files.setLastModifiedTime(jar, time);
    }
  }

  /** Where the JVM that runs {@code command} has {@code type} from. */
  private String sourceOf(String type, String option, String command) throws Exception {
    Map<String, String> options =
        Map.of("LOADONCE_JAVA_OPTS", option + " -Xlog:class+load:file=classes.txt");
    Run run = run(START_SECONDS, options, command.split(" "));
    assertThat(run.exit()).isZero();
    assertThat(run.said()).doesNotContain("[warning]", "[error]", "AOT");
    return Files.readAllLines(project.resolve("classes.txt")).stream()
        .filter(line -> line.contains(" " + type + " source: "))
        .findFirst()
        .orElseThrow();
  }

  /** A jar without classes, whose manifest names the class path of this test. */
  private void build(String name, String main) throws IOException {
    Path target = project.resolve(name.substring(0, name.lastIndexOf('/')));
    Path libraries = Files.createDirectories(target.resolve("lib"));
    List<String> names = new ArrayList<>();
    for (String entry : List.of(System.getProperty("java.class.path").split(File.pathSeparator))) {
      Path library = Path.of(entry);
      if (Files.isDirectory(library)) {
        Path classes = library;
        library = libraries.resolve(names.size() + ".jar");
        jar(library, new Manifest(), classes);
      }
      if (Files.exists(library)) {
        names.add(target.relativize(library.toRealPath()).toString());
      }
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main);
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", names));
    jar(project.resolve(name + ".jar"), manifest, Files.createTempDirectory(directory, "empty"));
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

  private Run run(int seconds, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("./loadonce"));
    words.addAll(List.of(arguments));
    Path said = directory.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
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
