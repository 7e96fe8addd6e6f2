package io.loadonce.bench.speed.drive;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An installed program that measures and then ends. */
public final class Tool {

  private Tool() {}

  /** Whether there is such a program on the PATH. */
  public static boolean isInstalled(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
        .map(directory -> Path.of(directory, program))
        .anyMatch(Files::isExecutable);
  }

  /**
   * How it ended.
   *
   * @param text its output and its errors
   */
  public record Ended(int exitCode, String text) {}

  /**
   * Runs it and returns its output. Blocks until it has ended.
   *
   * @throws IllegalStateException if it fails, or takes too long; it is killed then
   */
  public static String run(List<String> command, Duration atMost)
      throws IOException, InterruptedException {
    Ended ended = end(command, atMost);
    if (ended.exitCode() != 0) {
      throw new IllegalStateException("%s failed: %s".formatted(command, ended.text()));
    }
    return ended.text();
  }

  /**
   * Runs it. Blocks until it has ended.
   *
   * @throws IllegalStateException if it takes too long; it is killed then
   */
  public static Ended end(List<String> command, Duration atMost)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("loadonce-bench-", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("LOADONCE_"));
      Process process = builder.start();
      boolean ended;
      try {
        ended = process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS);
      } finally {
        process.destroyForcibly();
      }
      String text = Files.readString(said);
      if (!ended) {
        throw new IllegalStateException("%s took too long: %s".formatted(command, text));
      }
      return new Ended(process.exitValue(), text);
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
