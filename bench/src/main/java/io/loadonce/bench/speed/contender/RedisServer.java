package io.loadonce.bench.speed.contender;

import io.loadonce.bench.speed.drive.Tool;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A Redis of our own that keeps nothing on disk. It ends when this is closed, or with this JVM. */
public final class RedisServer implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(10);
  private static final byte[] LINE_END = {'\r', '\n'};

  private final Process process;
  private final Thread ender;
  private final int port;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
    this.ender = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ender);
  }

  /** Whether Redis is installed. */
  public static boolean isInstalled() {
    return Tool.isInstalled("redis-server");
  }

  /** Starts it with ids 1 to {@code rows}, each with the same number of bytes. */
  public static RedisServer start(int rows, int valueBytes)
      throws IOException, InterruptedException {
    int port = freePort();
    Process process =
        new ProcessBuilder(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    RedisServer server = new RedisServer(process, port);
    try {
      server.fill(rows, valueBytes);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The command that gets one row. */
  public static List<String> get(long id) {
    return List.of("GET", key(id));
  }

  /** The command that gets consecutive rows. */
  public static List<String> multiGet(long firstId, int size) {
    List<String> command = new ArrayList<>();
    command.add("MGET");
    LongStream.range(firstId, firstId + size).mapToObj(RedisServer::key).forEach(command::add);
    return command;
  }

  public int port() {
    return port;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroy();
    Runtime.getRuntime().removeShutdownHook(ender);
  }

  private void fill(int rows, int valueBytes) throws IOException, InterruptedException {
    try (Socket socket = connect()) {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      byte[] value = "v".repeat(valueBytes).getBytes(StandardCharsets.US_ASCII);
      for (long id = 1; id <= rows; id++) {
        write(out, List.of("SET", key(id)), value);
      }
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] replies = new byte["+OK\r\n".length() * rows];
      in.readFully(replies);
      if (!new String(replies, StandardCharsets.US_ASCII).equals("+OK\r\n".repeat(rows))) {
        throw new IOException("Redis did not accept the rows");
      }
    }
  }

  private Socket connect() throws IOException, InterruptedException {
    long until = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) START.toMillis());
        return socket;
      } catch (IOException e) {
        if (System.nanoTime() - until > 0 || process.waitFor(50, TimeUnit.MILLISECONDS)) {
          throw e;
        }
      }
    }
  }

  private static void write(OutputStream out, List<String> words, byte[] last) throws IOException {
    out.write(("*" + (words.size() + 1) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String word : words) {
      write(out, word.getBytes(StandardCharsets.US_ASCII));
    }
    write(out, last);
  }

  private static void write(OutputStream out, byte[] word) throws IOException {
    out.write(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(word);
    out.write(LINE_END);
  }

  private static String key(long id) {
    return "item:" + id;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
