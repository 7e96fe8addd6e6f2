package io.loadonce.bench.speed.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own. It ends when this is closed, or with this JVM. */
public final class ServerProcess implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final Pattern PORT = Pattern.compile("(\\w+)=\\S*:(\\d+)");

  private final Process process;
  private final Thread ender;
  private final Path errors;
  private final String ready;

  private ServerProcess(Process process, Thread ender, Path errors, String ready) {
    this.process = process;
    this.ender = ender;
    this.errors = errors;
    this.ready = ready;
  }

  /**
   * Starts it and waits for the line on its standard output which says that it is ready.
   *
   * @param environment its variables beside those of this process; settings of Loadonce are not
   *     inherited
   * @throws IllegalStateException if it ends, or is not ready in time; it is killed then
   */
  static ServerProcess start(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("loadonce-bench-", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LOADONCE_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread ender = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ender);
    CompletableFuture<String> ready = new CompletableFuture<>();
    // Reading from a process keeps the carrier of a virtual thread for as long as it runs.
    Thread.ofPlatform().daemon().start(() -> listen(process, ready));
    try {
      String line = ready.get(START.toNanos(), TimeUnit.NANOSECONDS);
      return new ServerProcess(process, ender, errors, line);
    } catch (ExecutionException | TimeoutException e) {
      new ServerProcess(process, ender, errors, "").end();
      throw new IllegalStateException(command + " is not ready: " + Files.readString(errors), e);
    }
  }

  /** Starts a main class of this class path in a JVM with the flags that all contenders have. */
  static ServerProcess java(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    return start(Jvm.command(main, arguments), Map.of());
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** The port for callers. */
  public int port() {
    return port("grpc");
  }

  /** The port for operators, which only Loadonce has. */
  public int adminPort() {
    return port("admin");
  }

  /** Stops it for a time, as a long pause of the garbage collector does. Blocks until it runs. */
  public void standStill(Duration time) throws IOException, InterruptedException {
    signal("-STOP");
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } finally {
      signal("-CONT");
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("kill %s failed with %d".formatted(signal, exit));
    }
  }

  /** What it has written to its standard error so far, which is the log of Loadonce. */
  public String logs() throws IOException {
    return Files.readString(errors);
  }

  /**
   * Sends SIGTERM and waits for its end.
   *
   * @param within the longest wait; then it is killed
   * @return its exit code
   * @throws IllegalStateException if it had to be killed
   */
  public int stop(Duration within) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("did not end within %s after SIGTERM".formatted(within));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    try {
      end();
    } catch (IOException _) {
      errors.toFile().deleteOnExit();
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void end() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP.toNanos(), TimeUnit.NANOSECONDS)) {
      process.destroyForcibly();
    }
    Runtime.getRuntime().removeShutdownHook(ender);
    errors.toFile().deleteOnExit();
  }

  private int port(String name) {
    Matcher port = PORT.matcher(ready);
    while (port.find()) {
      if (port.group(1).equals(name)) {
        return Integer.parseInt(port.group(2));
      }
    }
    throw new IllegalStateException("no port %s in: %s".formatted(name, ready));
  }

  private static void listen(Process process, CompletableFuture<String> ready) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready")) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new IOException("its output has ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }
}
