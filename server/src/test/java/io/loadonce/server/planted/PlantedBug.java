package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/**
 * A bug, as a change to one source file, and the check that must find it. The file is compiled with
 * the bug in it and put in front of the class path of a JVM of its own, in which the check runs;
 * the sources of the project stay as they are.
 *
 * @param promise what is broken
 * @param source the file, from the top of the project
 * @param right what stands there; exactly once
 * @param wrong what is put there
 * @param check the test method, {@code package.Class#method}
 */
record PlantedBug(String promise, String source, String right, String wrong, String check) {
  private static final Path PROJECT = Path.of("..");

  /** Returns the exit code of {@link RunCheck} for the check with the bug planted. */
  int runCheck(Path scratch) throws IOException, InterruptedException {
    Path classes = Files.createDirectory(scratch.resolve("classes"));
    compile(plant(scratch), classes);
    Path output = scratch.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Dschedules=1000", "-Dpatience.seconds=2"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", classes + java.io.File.pathSeparator + classPath()));
    command.addAll(List.of(RunCheck.class.getName(), check));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("%s ended in time", check).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  private Path plant(Path scratch) throws IOException {
    Path original = PROJECT.resolve(source);
    String text = Files.readString(original);
    assertThat(text.split(java.util.regex.Pattern.quote(right), -1))
        .as("%s holds, once: %s", source, right)
        .hasSize(2);
    Path planted = scratch.resolve(original.getFileName());
    return Files.writeString(planted, text.replace(right, wrong));
  }

  private static void compile(Path file, Path classes) {
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                /* in= */ null,
                /* out= */ null,
                /* err= */ null,
                "-proc:none",
                "-nowarn",
                "-cp",
                classPath(),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(result).as("%s compiles with the bug in it", file).isZero();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @Override
  public String toString() {
    return promise + " -> " + check.substring(check.lastIndexOf('.') + 1);
  }
}
