package io.loadonce.bench.built;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.house.SourceTree;
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

  private static final List<String> TOOLS =
      List.of("cat", "dirname", "find", "head", "readlink", "sed", "tail");

  /** A build that says what Maven says, and makes the jar of the client. */
  private static final String BUILD =
      """
      echo "[INFO] Building Loadonce 0.1.0                   [1/3]"
      echo "[INFO] Building Loadonce: the contract 0.1.0     [2/3]"
      echo "Downloaded from somewhere: a.jar"
      echo "[INFO] Building Loadonce: client 0.1.0           [3/3]"
      mkdir -p client/commands/target && touch client/commands/target/loadonce-commands-1.jar
      """;

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
    Files.writeString(project.resolve("pom.xml"), "<version>1.2.3</version>\n");
    for (String module :
        List.of("proto", "db", "server", "client/library", "client/commands", "bench")) {
      Files.createDirectories(project.resolve(module));
    }
    maven("3.9.9", BUILD);
  }

  @Test
  void help_noArgument_listsTheCommands() throws Exception {
    Run run = run(project, launcher, Map.of());
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("serve", "get ID", "check", "load", "ladder", "scoreboard", "LOADONCE_JAVA_OPTS");
  }

  @Test
  void help_ofACommand_isItsHelp() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Run run = run(project, launcher, Map.of(), "help", "serve");
    assertThat(run.out()).isEqualTo(options("serve") + " -jar " + jar + " --help\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "version extra    | version takes no arguments, and got 'extra'",
        "help nothing     | help knows no command 'nothing'; ./loadonce help lists them",
        "help serve extra | help serve takes no arguments, and got 'extra'",
        "build server     | build takes no arguments, and got 'server'",
      })
  void start_wordTooMuch_isRejectedWithOneLine(String line, String said) throws Exception {
    Run run = run(project, launcher, Map.of(), line.split(" "));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("loadonce: " + said + "\n");
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
    assertThat(run.out()).isEqualTo(options("serve") + " -jar " + jar + " --port 0\n");
  }

  @Test
  void sql_builtJar_startsTheServerWithTheCommand() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Run run = run(project, launcher, Map.of(), "sql", "triggers", "--table", "city");
    assertThat(run.out())
        .isEqualTo(options("quick") + " -jar " + jar + " sql triggers --table city\n");
  }

  @Test
  void fleet_builtJar_startsTheServerWithTheCommand() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Run run = run(project, launcher, Map.of(), "fleet", "--instances", "2");
    assertThat(run.out()).isEqualTo(options("serve") + " -jar " + jar + " fleet --instances 2\n");
  }

  @Test
  void get_throughASymbolicLink_startsTheClientWithTheCommand() throws Exception {
    Path jar = built("client/commands", "loadonce-commands-1.jar");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a project/loadonce"));
    Run run = run(directory, link, Map.of(), "get", "2988507");
    assertThat(run.out()).isEqualTo(options("quick") + " -jar " + jar + " get 2988507\n");
  }

  @Test
  void ladder_javaOptions_comeLast() throws Exception {
    Path jar = built("bench", "loadonce-bench-1.jar");
    Run run = run(project, launcher, Map.of("LOADONCE_JAVA_OPTS", "-Db=2 -Dc=3"), "ladder");
    assertThat(run.out()).endsWith(" -Db=2 -Dc=3 -jar " + jar + " ladder\n");
  }

  @Test
  void options_everyFile_isReadByTheJvm() throws Exception {
    for (String name : List.of("every", "serve", "quick")) {
      Path file = SourceTree.root().resolve("deploy/" + name + ".options");
      Process process =
          new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "@" + file, "-version")
              .redirectErrorStream(true)
              .start();
      assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
          .contains("version")
          .doesNotContain("rror", "arning");
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  void serve_driverBesideTheLauncher_isOnTheClassPath() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Path drivers = Files.createDirectories(project.resolve("drivers"));
    Files.createFile(drivers.resolve("mysql.jar"));
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.out())
        .isEqualTo(
            options("serve") + " -cp " + jar + ":" + drivers + "/* io.loadonce.server.Main\n");
  }

  @Test
  void serve_cdPathIsSet_startsTheSame() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Map<String, String> environment = Map.of("CDPATH", directory.toString());
    Run run = run(directory, Path.of("a project/loadonce"), environment, "serve");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).endsWith(" -jar " + jar + "\n");
  }

  @Test
  void serve_asciiLocale_jvmGetsAUtf8Locale() throws Exception {
    built("server", "loadonce-server-1.jar");
    script(directory.resolve("jdk/bin/java"), "locale charmap");
    Run run = run(project, launcher, Map.of("LC_ALL", "C"), "serve");
    assertThat(run.out()).isEqualTo("UTF-8\n");
  }

  @Test
  void serve_sourceNewerThanTheJar_startsAndSaysSo() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
    Path source = project.resolve("db/src/main/java/A.java");
    Files.createDirectories(source.getParent());
    Files.createFile(source);
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.err().lines())
        .containsExactly(
            "loadonce: files in src/main are newer than loadonce-server-1.jar;"
                + " ./loadonce build builds it again");
    assertThat(run.out()).endsWith(jar + "\n");
  }

  @Test
  void build_jarThatMavenLeavesAsItIs_isUpToDate() throws Exception {
    Path jar = built("server", "loadonce-server-1.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
    Path source = project.resolve("db/src/main/java/A.java");
    Files.createDirectories(source.getParent());
    Files.createFile(source);
    assertThat(run(project, launcher, Map.of(), "build").exit()).isZero();
    assertThat(run(project, launcher, Map.of(), "serve").err()).isEmpty();
  }

  @Test
  void build_fileSavedMeanwhile_countsAsNewer() throws Exception {
    built("server", "loadonce-server-1.jar");
    Files.createDirectories(project.resolve("db/src/main/java"));
    maven(
        "3.9.9",
        BUILD
            + """
            touch -d '20 seconds ago' target/build.began
            touch -d '10 seconds ago' db/src/main/java/A.java
            """);
    assertThat(run(project, launcher, Map.of(), "build").exit()).isZero();
    assertThat(run(project, launcher, Map.of(), "serve").err()).contains("are newer than");
  }

  @Test
  void check_nothingBuilt_buildsWithALineForEachStep() throws Exception {
    Run run = run(project, launcher, Map.of(), "check");
    assertThat(run.err().lines())
        .containsExactly(
            "loadonce: nothing is built yet",
            "loadonce: building the contract (1 of 2)",
            "loadonce: downloading libraries, 1 so far",
            "loadonce: building client (2 of 2)",
            "loadonce: starting");
    assertThat(run.out()).endsWith("loadonce-commands-1.jar check\n");
    assertThat(Files.readString(project.resolve("mvn.txt")))
        .contains("-Dmaven.test.skip=true", "-pl client/commands -am package");
  }

  @Test
  void serve_buildFails_saysWhyAndWhereTheLogIs() throws Exception {
    maven("3.9.9", "echo '[INFO] some'; echo '[ERROR] no such symbol'; exit 1");
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines())
        .containsExactly(
            "loadonce: nothing is built yet",
            "loadonce: the build failed; its last lines:",
            "[ERROR] no such symbol",
            "loadonce: the whole log is " + project.resolve("target/build.log"));
    assertThat(project.resolve("target/build.log")).content().contains("[INFO] some");
  }

  @ParameterizedTest
  @CsvSource({"3.6.3", "3.8.6", "2.99.0"})
  void serve_oldMaven_failsWithItsVersion(String version) throws Exception {
    maven(version, BUILD);
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).endsWith("needs Maven 3.8.7 or newer; mvn is " + version + "\n");
  }

  @ParameterizedTest
  @CsvSource({"3.8.7", "3.10.0", "4.0.0"})
  void check_newMaven_builds(String version) throws Exception {
    maven(version, BUILD);
    assertThat(run(project, launcher, Map.of(), "check").exit()).isZero();
  }

  @Test
  void serve_noMaven_failsWithWhatToInstall() throws Exception {
    Path tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : TOOLS) {
      script(tools.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
    }
    Run run = run(project, launcher, Map.of("PATH", tools.toString()), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("there is no mvn on the PATH: install Maven 3.8.7 or newer");
  }

  @Test
  void serve_cannotWriteIntoTheCheckout_saysSo() throws Exception {
    Files.createFile(project.resolve("target"));
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("cannot write to " + project.resolve("target"), "make " + project + " writable");
  }

  @ParameterizedTest
  @CsvSource({"version", "--version"})
  void version_nothingBuilt_namesLoadonceAndJava(String command) throws Exception {
    Run run = run(project, launcher, Map.of(), command);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo("loadonce 1.2.3\njava 25.0.1 (" + directory.resolve("jdk/bin/java") + ")\n");
  }

  @Test
  void serve_noJarAfterTheBuild_fails() throws Exception {
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("the build left no jar at server/target");
  }

  @Test
  void serve_noJdkNewEnough_failsWithOneLine() throws Exception {
    String text = Files.readString(launcher);
    Files.writeString(launcher, text.replace("java_needed=25", "java_needed=999"));
    Run run = run(project, launcher, Map.of(), "serve");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines())
        .containsExactly(
            "loadonce: needs a JDK 999 or newer and found none;"
                + " install one, or set JAVA_HOME to its directory");
  }

  private Path built(String module, String jar) throws IOException {
    Path target = Files.createDirectories(project.resolve(module + "/target"));
    return Files.createFile(target.resolve(jar));
  }

  private String options(String extra) {
    return "@" + project + "/deploy/every.options @" + project + "/deploy/" + extra + ".options";
  }

  private void maven(String version, String build) throws IOException {
    script(
        directory.resolve("bin/mvn"),
        "case $* in *--version) echo Apache Maven "
            + version
            + "; exit;; esac\necho \"$@\" > mvn.txt\n"
            + build);
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
            List.of("CDPATH", "LOADONCE_JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private record Run(int exit, String out, String err) {}
}
