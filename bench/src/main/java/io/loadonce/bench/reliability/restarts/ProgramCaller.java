package io.loadonce.bench.reliability.restarts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of interop/, which sends calls until its standard input ends. */
final class ProgramCaller implements Caller {

  private static final Duration END = Duration.ofSeconds(20);

  private final Process process;
  private final Path output;

  private ProgramCaller(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static Caller start(List<String> command, Map<String, String> environment) throws IOException {
    Path output = Files.createTempFile("loadonce-bench-", ".txt");
    output.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new ProgramCaller(builder.start(), output);
  }

  /** Whether a program can be started and ends with 0. */
  static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public Tally end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    boolean hasEnded = process.waitFor(END.toNanos(), TimeUnit.NANOSECONDS);
    String printed = Files.readString(output);
    if (!hasEnded || process.exitValue() != 0) {
      throw new IllegalStateException("the client failed: " + printed);
    }
    return Tally.parse(printed);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
