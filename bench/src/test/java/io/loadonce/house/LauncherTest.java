package io.loadonce.house;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher, in a project of its own with a JDK and a Maven that only say how they were called.
 */
class LauncherTest {

  private static final String JVM =
      "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

  @TempDir private Path directory;
  private Path project;
  private Path launcher;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(directory.toRealPath().resolve("a project"));
    launcher = project.resolve("loadonce");
    Files.copy(SourceTree.root().resolve("loadonce"), launcher);
    script(directory.resolve("jdk/bin/java"), "echo \"$@\"");
    Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    script(
        directory.resolve("bin/mvn"),
        "echo mvn \"$@\"; mkdir -p client/commands/target;\n"
            + "touch client/commands/target/loadonce-commands-1.jar");
  }

  @Test
  void help_noArgument_listsTheCommands() throws Exception {
    Run run = run(project, launcher, Map.of());
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("serve", "get ID", "check", "load", "ladder");
  }

  @Test
  void start_unknownCommand_failsWithOneLine() throws Exception {
    Run run = run(project, launcher, Map.of(), "sevre");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("'sevre'");
  }

  @Test
  void serve_builtJar_startsItWithTheArguments() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    built("server", "loadonce-server-1-sources.jar");
    Run run = run(project, launcher, Map.of(), "serve", "--port", "0");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith(JVM).endsWith(" -jar " + jar + " --port 0\n");
  }

  @Test
  void sql_builtJar_startsTheServerWithTheCommand() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Run run = run(project, launcher, Map.of(), "sql", "triggers", "--table", "city");
    assertThat(run.out()).startsWith(JVM).endsWith(" -jar " + jar + " sql triggers --table city\n");
  }

  @Test
  void get_throughLinkFromElsewhere_startsTheClientWithTheCommand() throws Exception {
    Path jar = built("client/commands", "loadonce-commands-1.jar");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a project/loadonce"));
    Run run = run(directory, link, Map.of(), "get", "2988507");
    assertThat(run.out()).startsWith(JVM).endsWith(" -jar " + jar + " get 2988507\n");
  }

  @Test
  void ladder_javaOptions_comeLast() throws Exception {
    Path jar = built("bench", "loadonce-bench-1.jar");
    Map<String, String> options = Map.of("JAVA_OPTS", "-Da=1", "LOADONCE_JAVA_OPTS", "-Db=2 -Dc=3");
    Run run = run(project, launcher, options, "ladder");
    assertThat(run.out()).endsWith(" -Da=1 -Db=2 -Dc=3 -jar " + jar + " ladder\n");
  }

  @Test
  void check_nothingBuilt_buildsAndSaysSo() throws Exception {
    Run run = run(project, launcher, Map.of(), "check");
    assertThat(run.exit()).isZero();
    assertThat(run.err()).contains("nothing is built yet", "mvn -q -DskipTests package");
    assertThat(run.out()).doesNotContain("mvn").endsWith("loadonce-commands-1.jar check\n");
  }

  @Test
  void check_nothingBuilt_rehearsesAfterTheBuild() throws Exception {
    built("server", "loadonce-server-1.jar");
    script(project.resolve("deploy/rehearse"), "echo \"$@\" > rehearsed; exit 1");
    Run run = run(project, launcher, Map.of(), "check");
    assertThat(run.exit()).as("what is without a cache starts, too").isZero();
    assertThat(Files.readString(project.resolve("rehearsed")))
        .contains(directory.resolve("jdk/bin/java").toString(), "loadonce-commands-1.jar");
  }

  @Test
  void check_builtBefore_doesNotRehearse() throws Exception {
    built("client/commands", "loadonce-commands-1.jar");
    script(project.resolve("deploy/rehearse"), "touch rehearsed");
    run(project, launcher, Map.of(), "check");
    assertThat(project.resolve("rehearsed")).doesNotExist();
  }

  @Test
  void rehearse_oneOfTheTwoNotBuilt_failsWithoutRunning() throws Exception {
    built("client/commands", "loadonce-commands-1.jar");
    script(project.resolve("deploy/rehearse"), "touch rehearsed");
    Run run = run(project, launcher, Map.of(), "rehearse");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(project.resolve("rehearsed")).doesNotExist();
  }

  @Test
  void rehearse_thatFails_fails() throws Exception {
    built("server", "loadonce-server-1.jar");
    built("client/commands", "loadonce-commands-1.jar");
    script(project.resolve("deploy/rehearse"), "exit 1");
    Run run = run(project, launcher, Map.of(), "rehearse");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("there is no AOT cache");
  }

  @ParameterizedTest
  @CsvSource({"serve, server", "get, client/commands", "check, client/commands"})
  void start_freshCache_isUsedInSilence(String command, String module) throws Exception {
    Path cache = cached(module);
    Run run = run(project, launcher, Map.of("JAVA_OPTS", "-Da=1"), command);
    assertThat(run.out()).contains(" -XX:AOTCache=" + cache + " -Xlog:aot*=off -Da=1 -jar ");
  }

  @ParameterizedTest
  @CsvSource({"sql, server", "load, client/commands"})
  void start_otherOptionsThanTheRehearsal_cacheIsNotUsed(String command, String module)
      throws Exception {
    cached(module);
    assertThat(run(project, launcher, Map.of(), command).out()).doesNotContain("aot");
  }

  @Test
  void serve_libraryNewerThanTheCache_cacheIsNotUsed() throws Exception {
    Path cache = cached("server");
    Path library = Files.createDirectories(cache.resolveSibling("lib")).resolve("h2.jar");
    Files.createFile(library);
    Files.setLastModifiedTime(library, FileTime.from(Instant.now().plusSeconds(1)));
    assertThat(run(project, launcher, Map.of(), "serve").out()).doesNotContain("aot");
  }

  /** With these and a cache the JVM would not start. */
  @ParameterizedTest
  @CsvSource({
    "LOADONCE_JAVA_OPTS, -Xshare:off",
    "JAVA_OPTS, -XX:AOTCacheOutput=x",
    "JDK_JAVA_OPTIONS, -XX:SharedArchiveFile=x",
    "JAVA_TOOL_OPTIONS, -XX:SharedClassListFile=x"
  })
  void serve_optionsOfSuchFiles_cacheIsNotUsed(String variable, String option) throws Exception {
    cached("server");
    Run run = run(project, launcher, Map.of(variable, option), "serve");
    assertThat(run.out()).doesNotContain("aot");
  }

  @Test
  void serve_noJarAfterTheBuild_fails() throws Exception {
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("the build left no jar in server/target");
  }

  @Test
  void serve_noJdkNewEnough_failsWithOneLine() throws Exception {
    String text = Files.readString(launcher);
    Files.writeString(launcher, text.replace("java_needed=25", "java_needed=999"));
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines())
        .containsExactly("loadonce: needs a JDK 999 or newer; set JAVA_HOME to one");
  }

  private Path built(String module, String jar) throws IOException {
    Path target = Files.createDirectories(project.resolve(module + "/target"));
    return Files.createFile(target.resolve(jar));
  }

  /** Builds {@code module} and then makes its cache, which is newer also on a coarse clock. */
  private Path cached(String module) throws IOException {
    String name = "loadonce-" + module.substring(module.lastIndexOf('/') + 1);
    Path jar = built(module, name + "-1.jar");
    Path cache = built(module, name + "-1.aot");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(1)));
    return cache;
  }

  private static void script(Path path, String commands) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "#!/bin/sh\n" + commands + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Run run(Path from, Path command, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(command.toString()));
    words.addAll(List.of(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(from.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (old, bin) -> bin + old);
    builder
        .environment()
        .keySet()
        .removeAll(
            List.of("JAVA_OPTS", "LOADONCE_JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private record Run(int exit, String out, String err) {}
}
