package io.loadonce.server.history;

import io.loadonce.server.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An instance in a process of its own, which has the same ports each time it starts. */
final class InstanceProcess implements AutoCloseable {

  /**
   * Below the ports that the system gives to connections: while the instance is down, a client that
   * got its port could connect to itself.
   */
  private static final int FIRST_PORT = 12_000;

  private static final int LAST_PORT = 20_000;

  /** For a start or an end. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Another one in each process, so that two runs of this test rarely meet. */
  private static final int OWN_FIRST_PORT =
      FIRST_PORT + (int) (ProcessHandle.current().pid() % 7_000);

  private final List<String> command;
  private final Path log;
  private final int port;
  private final int adminPort;

  /** Also read by the thread that ends the JVM. */
  private volatile Process process;

  private InstanceProcess(List<String> command, Path log, int port, int adminPort)
      throws IOException {
    this.command = command;
    this.log = log;
    this.port = port;
    this.adminPort = adminPort;
    this.process = run();
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /** Returns when it accepts calls. */
  static InstanceProcess start(Map<String, String> flags) throws IOException {
    int port = freePort(OWN_FIRST_PORT);
    int adminPort = freePort(port + 1);
    Map<String, String> all = new HashMap<>(flags);
    all.put("--port", Integer.toString(port));
    all.put("--admin-port", Integer.toString(adminPort));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add("serve");
    all.forEach((name, value) -> command.addAll(List.of(name, value)));
    return new InstanceProcess(command, Files.createTempFile("instance", ".log"), port, adminPort);
  }

  int port() {
    return port;
  }

  String adminAddress() {
    return "127.0.0.1:" + adminPort;
  }

  /** Sends SIGTERM, and waits until it has ended. */
  void stop() throws IOException {
    process.destroy();
    try {
      process.onExit().get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      kill();
      throw new IOException("an instance did not end after SIGTERM: " + Files.readString(log), e);
    }
  }

  /** Sends SIGKILL. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Stops it from doing anything; its connections stay open. */
  void suspend() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** Starts it again, and returns when it accepts calls. */
  void begin() throws IOException {
    process = run();
  }

  @Override
  public void close() {
    kill();
    log.toFile().delete();
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IOException("kill %s failed with %d".formatted(signal, exit));
    }
  }

  private Process run() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
    Process started = builder.start();
    CompletableFuture<Void> limit =
        CompletableFuture.runAsync(
            started::destroyForcibly,
            CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS));
    BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
    boolean isReady = String.valueOf(lines.readLine()).startsWith("ready");
    if (!limit.cancel(/* mayInterruptIfRunning= */ false) || !isReady) {
      started.destroyForcibly();
      throw new IOException("an instance does not start: " + Files.readString(log));
    }
    return started;
  }

  private static int freePort(int first) throws IOException {
    for (int port = first; port < LAST_PORT; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException _) {
        // Another program has it.
      }
    }
    throw new IOException("no port is free from %d to %d".formatted(first, LAST_PORT));
  }
}
