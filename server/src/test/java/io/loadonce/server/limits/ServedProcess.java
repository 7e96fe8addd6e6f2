package io.loadonce.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.server.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service as a process of its own, with the options of a real start and a small heap. */
final class ServedProcess implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("ready grpc=127\\.0\\.0\\.1:(\\d+) admin=(.*)");

  private final Process process;
  private final int port;
  private final Path log;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private ServedProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * @param heap such as {@code 256m}
   * @param log where its log is written
   */
  static ServedProcess start(String heap, Path log, List<String> flags) throws IOException {
    Path deploy = Path.of("..", "deploy").toAbsolutePath().normalize();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + deploy.resolve("every.options"),
                "@" + deploy.resolve("serve.options"),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--port=0",
                "--admin-port=0"));
    command.addAll(flags);
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    try {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      Matcher ready = READY.matcher(String.valueOf(out.readLine()));
      assertThat(ready.matches()).as(() -> "ready: " + read(log)).isTrue();
      return new ServedProcess(process, Integer.parseInt(ready.group(1)), log);
    } catch (IOException | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Opens a connection of its own; it is closed with the process. */
  ManagedChannel channel() {
    return channel(1 << 20);
  }

  /**
   * @param windowBytes how much the server may send before the client takes it
   */
  ManagedChannel channel(int windowBytes) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .flowControlWindow(windowBytes)
            .maxInboundMessageSize(64 << 20)
            .build();
    channels.add(channel);
    return channel;
  }

  int port() {
    return port;
  }

  Process process() {
    return process;
  }

  /** The process has neither died nor run out of memory. */
  void assertUnharmed() {
    assertThat(process.isAlive()).as(this::log).isTrue();
    assertThat(log()).doesNotContain("OutOfMemoryError").doesNotContain("ERROR");
  }

  String log() {
    return read(log);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    process.destroyForcibly().onExit().join();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
