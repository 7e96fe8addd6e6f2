package io.loadonce.server.tier;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A process of the Redis that is installed on this machine (on Debian, {@code redis-server}). */
public final class RedisServer implements AutoCloseable {

  private static final String PROGRAM = "redis-server";
  private static final int TIMEOUT_MILLIS = 10_000;

  private final int port;
  private final Path directory;
  private final List<String> options;
  private Process process;

  private RedisServer(int port, Path directory, List<String> options, Process process) {
    this.port = port;
    this.directory = directory;
    this.options = options;
    this.process = process;
  }

  /** Skips the test if it is not installed, except in CI, where the start then fails. */
  public static void assumeInstalled() {
    assumeTrue(find().isPresent() || System.getenv("CI") != null, "no redis-server is installed");
  }

  /** Starts one with nothing in it, on a free port of loopback. */
  public static RedisServer start(String... options) throws IOException {
    assumeInstalled();
    int port = freePort();
    Path directory = Files.createTempDirectory("redis");
    Process process = run(port, directory, List.of(options));
    return new RedisServer(port, directory, List.of(options), process);
  }

  /** Starts a sentinel that replaces this primary by itself, soon after it is gone. */
  static RedisServer startSentinel(String name, int primaryPort) throws IOException {
    assumeInstalled();
    Path directory = Files.createTempDirectory("sentinel");
    Path config =
        Files.writeString(
            directory.resolve("sentinel.conf"),
            """
            sentinel monitor %1$s 127.0.0.1 %2$d 1
            sentinel down-after-milliseconds %1$s 500
            sentinel failover-timeout %1$s 2000
            """
                .formatted(name, primaryPort));
    int port = freePort();
    List<String> options = List.of(config.toString(), "--sentinel");
    return new RedisServer(port, directory, options, run(port, directory, options));
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** A connection that the test closes. */
  public Jedis connect() {
    return connect(port);
  }

  /** Kills it and starts another one on the same port, with what it had saved. */
  public void restart() throws IOException {
    kill();
    begin();
  }

  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  public void begin() throws IOException {
    process = run(port, directory, options);
  }

  /** Deletes what it had saved, so that it begins with nothing in it. */
  public void discardDump() throws IOException {
    Files.deleteIfExists(directory.resolve("dump.rdb"));
  }

  /** Stops it from doing anything; its sockets stay open. */
  public void suspend() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    kill();
  }

  private static Process run(int port, Path directory, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(
        find().orElseThrow(() -> new IOException("redis-server is not installed")).toString());
    boolean isSentinel = options.contains("--sentinel");
    if (isSentinel) {
      command.addAll(options); // its file comes first
    }
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", directory.toString()));
    if (!isSentinel) {
      command.addAll(List.of("--save", "", "--appendonly", "no"));
      command.addAll(options);
    }
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("redis.log").toFile())
            .start();
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofMillis(TIMEOUT_MILLIS))
        .ignoreExceptionsInstanceOf(JedisException.class)
        .until(() -> answers(port));
    return started;
  }

  /** An error, such as a missing password, is an answer too. */
  private static boolean answers(int port) {
    try (Jedis redis = connect(port)) {
      redis.ping();
    } catch (redis.clients.jedis.exceptions.JedisDataException _) {
      return true;
    }
    return true;
  }

  private static Jedis connect(int port) {
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder()
            .resp2()
            .autoNegotiateProtocol(false)
            .timeoutMillis(TIMEOUT_MILLIS)
            .build());
  }

  private static Optional<Path> find() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
