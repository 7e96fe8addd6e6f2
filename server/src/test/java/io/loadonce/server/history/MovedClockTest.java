package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock of the host is moved by an hour and back, under a JVM of its own. */
class MovedClockTest {
  private static final int MINUTES = 5;

  @TempDir private Path scratch;

  @Test
  void read_clockOfTheHostIsMoved_changesNothing() throws Exception {
    Optional<Path> library = MovedClock.library();
    assumeTrue(
        library.isPresent(), "libfaketime is not there; apt-get install libfaketime brings it");
    Path output = scratch.resolve("output.txt");
    int exitCode = run(library.orElseThrow(), output);
    List<String> lines = Files.readAllLines(output);
    lines.stream().filter(line -> line.startsWith("history,")).forEach(System.out::println);
    assertThat(exitCode).as(String.join("\n", lines)).isZero();
  }

  private int run(Path library, Path output) throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dhistory.reads=" + Integer.getInteger("history.reads", 100_000),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                MovedClockRun.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    java.environment().putAll(MovedClock.environment(library, scratch.resolve("clock")));
    Process process = java.start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }
}
