package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own, started as people do and ended by signals. */
@Tag("slow")
@Timeout(60)
class ServeProcessTest {

  private static final Pattern READY =
      Pattern.compile("ready grpc=127\\.0\\.0\\.1:(\\d+) admin=(.*)");

  @TempDir Path directory;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static CountedDatabase database;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startDatabase() throws Exception {
    database = CountedDatabase.postgres();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    database.close();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void sigterm_callInFlight_isAnsweredAndTheProcessEndsWithZero() throws Exception {
    Served served = serve(Duration.ofSeconds(4), "--log-format=json");
    ListenableFuture<GetResponse> call = get(served);
    awaitWaiter(served);

    served.process().destroy();

    assertThat(call.get(30, TimeUnit.SECONDS).getResource().getId()).isEqualTo("2988507");
    assertThat(served.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(served.process().exitValue()).isZero();
    assertThat(jsonLines()).contains("INFO: drained: every call was answered");
  }

  @Test
  void sigterm_callOutlivesTheDrainTimeout_endsWithThree() throws Exception {
    Served served =
        serve(
            Duration.ofSeconds(40),
            "--drain-timeout=100ms",
            "--log-format=json",
            "--log-level=warn");
    ListenableFuture<GetResponse> call = get(served);
    awaitWaiter(served);

    served.process().destroy();

    assertThat(served.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(served.process().exitValue()).isEqualTo(3);
    assertThat(call).failsWithin(Duration.ofSeconds(5));
    assertThat(jsonLines())
        .containsExactly(
            "WARN: the drain time-out has passed: the calls still in flight were cancelled");
  }

  @Test
  void sigterm_twice_endsAtOnce() throws Exception {
    Served served = serve(Duration.ofSeconds(40));
    assertThat(get(served)).isNotDone();
    awaitWaiter(served);

    served.process().destroy();
    awaitDraining(served);
    served.process().toHandle().destroy();

    assertThat(served.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(served.process().exitValue()).isEqualTo(143);
  }

  @Test
  void sighup_settingsFileHasChanged_isReadAgain() throws Exception {
    Path file = Files.writeString(directory.resolve("loadonce.yaml"), "ttl: 1h\n");
    Served served = serve(Duration.ZERO, "--log-format=json", "--config=" + file);
    Files.writeString(file, "ttl: 1m\nlog-level: warn\n");

    hangUp(served.process());
    await().until(() -> page(served, "/page.json").body().contains("\"value\":\"1m\""));
    Files.writeString(file, "ttl: never\n");
    hangUp(served.process());

    await().until(() -> jsonLines().getLast().contains("the settings stay as they are"));
    assertThat(jsonLines().getLast()).startsWith("WARN: " + file + ":1:6: ttl: must be a time");
    served.process().destroy();
    assertThat(served.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(served.process().exitValue()).isZero();
    assertThat(jsonLines())
        .contains(
            "INFO: "
                + file
                + " was read again: log-level is warn, and was info; ttl is 1m, and"
                + " was 1h")
        .doesNotContain("INFO: drained: every call was answered");
  }

  @Test
  void sighup_beforeTheServiceIsReady_readsTheFileOnceItIs() throws Exception {
    Path file = Files.writeString(directory.resolve("loadonce.yaml"), "ttl: 1h\n");
    Process process = start(Duration.ZERO, "--config=" + file);
    await().until(() -> Files.readString(directory.resolve("log")).contains("processors, heap"));

    Files.writeString(file, "ttl: 1m\n");
    hangUp(process);

    Served served = served(process);
    await().until(() -> page(served, "/page.json").body().contains("\"value\":\"1m\""));
  }

  private static void hangUp(Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** The level and the message of each line of the log; fails if a line is no JSON object. */
  private List<String> jsonLines() throws IOException {
    return Files.readAllLines(directory.resolve("log")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .map(
            line ->
                line.get("level").getAsString() + ": " + line.get("formattedMessage").getAsString())
        .toList();
  }

  /** A process, and where it is reached. */
  private record Served(Process process, ManagedChannel channel, String admin) {}

  private Served serve(Duration delay, String... more) throws IOException {
    return served(start(delay, more));
  }

  private Process start(Duration delay, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--port=0",
            "--admin-port=0",
            "--load-timeout=50s",
            "--db-url=" + database.url(),
            "--db-user=" + database.user(),
            "--query=" + database.slowQuery(delay)));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectError(directory.resolve("log").toFile()).start();
    open.add(process::destroyForcibly);
    return process;
  }

  /** Returns once the process is ready. */
  private Served served(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    Matcher ready = READY.matcher(String.valueOf(out.readLine()));
    assertThat(ready.matches()).isTrue();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(ready.group(1)))
            .usePlaintext()
            .build();
    open.add(channel::shutdownNow);
    return new Served(process, channel, ready.group(2));
  }

  private static ListenableFuture<GetResponse> get(Served served) {
    return ResourceServiceGrpc.newFutureStub(served.channel())
        .withDeadlineAfter(40, TimeUnit.SECONDS)
        .get(GetRequest.newBuilder().setId("2988507").build());
  }

  private static void awaitWaiter(Served served) {
    await().until(() -> page(served, "/metrics").body().contains("loadonce_waiters 1.0"));
  }

  private static void awaitDraining(Served served) {
    await().until(() -> page(served, "/readyz").statusCode() == 503);
  }

  private static HttpResponse<String> page(Served served, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://" + served.admin() + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
