package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.tier.RedisServer;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetCommandTest {
  private static final String PARIS = "2988507";
  private static final Pattern ADDRESS =
      Pattern.compile("instance \\d: grpc=127\\.0\\.0\\.1:(\\d+) admin=127\\.0\\.0\\.1:\\d+");
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  @TempDir private Path directory;

  /** The processes that the command has started have ended when it has. */
  @Test
  @Tag("slow")
  @Timeout(120)
  void run_sigterm_endsTheInstancesAndRedis() throws Exception {
    RedisServer.assumeInstalled();
    Process fleet =
        start("--instances=2", "--port=0", "--admin-port=0", "--listen-heartbeat=200ms");
    List<ProcessHandle> started = List.of();
    try (BufferedReader out = fleet.inputReader(StandardCharsets.UTF_8)) {
      List<Integer> ports = readyPorts(out);
      started = fleet.descendants().toList();
      assertThat(ports).hasSize(2);
      assertThat(started).hasSize(3);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> isShared(ports.getFirst(), ports.getLast()));

      fleet.destroy();
      assertThat(fleet.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(fleet.exitValue()).isZero();
      assertThat(started).noneMatch(ProcessHandle::isAlive);
    } finally {
      fleet.destroyForcibly();
      started.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--instances=1  | instances: must be a number from 2 to 9, not '1'",
        "--instances=x  | instances: must be a number from 2 to 9, not 'x'",
        "--port=70000   | port: must be a number from 0 to 65526, not '70000'",
        "--redis-url    | redis-url: needs a value",
      })
  void run_wrongFlag_isRefused(String flag, String said) {
    assertThatThrownBy(() -> FleetCommand.run(Main.class, List.of(flag), NOWHERE, NOWHERE))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(said);
  }

  @Test
  void startRedis_noneInstalled_saysWhatToInstall() throws IOException {
    try (FleetProcesses none = new FleetProcesses(directory.toString())) {
      assertThatThrownBy(none::startRedis)
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining("install one of them, or name a running one with --redis-url");
    }
  }

  /** Reads what the command prints until it is ready. */
  private List<Integer> readyPorts(BufferedReader out) throws IOException {
    List<Integer> ports = new ArrayList<>();
    String line = out.readLine();
    while (line != null && !line.startsWith("ready")) {
      Matcher address = ADDRESS.matcher(line);
      if (address.matches()) {
        ports.add(Integer.parseInt(address.group(1)));
      }
      line = out.readLine();
    }
    assertThat(line).as(() -> log()).isEqualTo("ready; Ctrl-C ends all");
    return ports;
  }

  /** Whether both are reached, and the second one gets from Redis what the first one loads. */
  private static boolean isShared(int first, int second) {
    return invalidate(first).getInstancesReached() == 2
        && source(first) == Source.SOURCE_LOADED
        && source(second) == Source.SOURCE_SHARED;
  }

  private static Source source(int port) {
    return call(port, stub -> stub.get(GetRequest.newBuilder().setId(PARIS).build()))
        .getInfo()
        .getSource();
  }

  private static InvalidateResponse invalidate(int port) {
    return call(
        port, stub -> stub.invalidate(InvalidateRequest.newBuilder().addIds(PARIS).build()));
  }

  private static <R> R call(int port, Function<ResourceServiceBlockingStub, R> method) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      return method.apply(
          ResourceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  private Process start(String... flags) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "fleet"));
    command.addAll(List.of(flags));
    return new ProcessBuilder(command).redirectError(directory.resolve("log").toFile()).start();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
