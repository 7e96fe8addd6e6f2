package io.loadonce.bench.reliability.restarts;

import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service that always comes back on the same port. For one thread. */
final class Instance implements AutoCloseable {

  /**
   * Below the ports that the system gives to connections: while the instance is down, a client that
   * got its port could connect to itself.
   */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 30_000;

  /** The drain time-out, and some seconds more. */
  private static final Duration STOP = Duration.ofSeconds(25);

  private static final Map<String, String> SMALL_HEAP =
      Map.of(LoadonceServer.JAVA_OPTIONS, "-Xmx512m");

  private final int port;
  private final List<String> flags;
  private ServerProcess process;

  private Instance(int port, List<String> flags) throws IOException, InterruptedException {
    this.port = port;
    this.flags = flags;
    this.process = LoadonceServer.start(flags, SMALL_HEAP);
  }

  /** Starts it and waits until it is ready. */
  static Instance start(List<String> flags) throws IOException, InterruptedException {
    int port = freePort();
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of("--port", Integer.toString(port)));
    return new Instance(port, all);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Sends SIGTERM, waits for its end, starts it again, and returns the exit code. */
  int restart() throws IOException, InterruptedException {
    int exit;
    try (ServerProcess old = process) {
      exit = old.stop(STOP);
    }
    process = LoadonceServer.start(flags, SMALL_HEAP);
    return exit;
  }

  @Override
  public void close() {
    process.close();
  }

  private static int freePort() throws IOException {
    for (int port = FIRST_PORT; port < LAST_PORT; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException _) {
        // Another program has it.
      }
    }
    throw new IOException("no port is free from %d to %d".formatted(FIRST_PORT, LAST_PORT));
  }
}
