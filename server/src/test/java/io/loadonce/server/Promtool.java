package io.loadonce.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The tool of Prometheus that checks its files. In Debian it is in the package prometheus. */
public final class Promtool {

  private final Path file;

  private Promtool(Path file) {
    this.file = file;
  }

  /** Finds the tool; without it the test is skipped, except in CI, where it fails. */
  public static Promtool find() {
    String path = System.getenv().getOrDefault("PATH", "");
    List<Path> found =
        Stream.of(path.split(File.pathSeparator))
            .map(directory -> Path.of(directory, "promtool"))
            .filter(Files::isExecutable)
            .toList();
    if (found.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException("promtool is not installed; install the package prometheus");
    }
    assumeTrue(!found.isEmpty(), "promtool is not installed");
    return new Promtool(found.getFirst());
  }

  /** Returns what the tool writes about the input; nothing if all is well. */
  public String run(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.createTempFile("promtool", ".txt");
    try {
      Files.writeString(in, input);
      Process process =
          new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      return status == 0 || !output.isBlank() ? output.strip() : "exit code " + status;
    } finally {
      Files.delete(in);
    }
  }
}
