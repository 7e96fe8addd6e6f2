package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.loadonce.server.access.NewToken;
import io.loadonce.v1.GetRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * No secret is in a log line, a status, a page, a metric, {@code --print-config} or an error of the
 * settings. Each secret holds the word canary, which is searched for in all that the service says.
 */
@Timeout(60)
class SecretsTest {

  private static final String CANARY = "canary";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> said = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stop() {
    root.detachAppender(log);
  }

  @Test
  void service_secretsOfEachKind_saysNone() throws Exception {
    NewToken operator = NewToken.of("operator", "admin", "");
    Path access = Files.writeString(folder.resolve("access"), operator.line() + "\n");
    Map<String, String> flags = Map.of("--access-file", access.toString());
    try (RunningService service = RunningService.with(flags)) {
      for (String token : List.of("canary-token", "canary-token\u007f", operator.token())) {
        said.add(refusal(service, "Bearer " + token));
        said.add(refusal(service, token));
      }
      for (String page : List.of("/", "/metrics", "/none")) {
        said.add(page(service, page, "Bearer canary-token"));
        said.add(page(service, page, "Bearer " + operator.token()));
      }
      Files.writeString(access, "canary-token operator admin\n" + operator.line() + "\n");
      awaitLog("the content that was read before stays in use");
    }
    said.addAll(logged());
    assertThat(said).hasSizeGreaterThan(10).anySatisfy(text -> assertThat(text).contains("UNAUTH"));
    assertThat(said)
        .noneSatisfy(text -> assertThat(text).containsIgnoringCase(CANARY))
        .noneSatisfy(text -> assertThat(text).contains(operator.token()));
  }

  @Test
  void main_filesWithSecrets_saysNone() throws Exception {
    String password = Files.writeString(folder.resolve("password"), "canary-password").toString();
    String key =
        Files.writeString(
                folder.resolve("key"),
                "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\ncanary")
            .toString();
    String access = Files.writeString(folder.resolve("access"), "canary-token a read\n").toString();

    String page =
        run("--print-config", "--db-password-file", password, "--db-url", "jdbc:h2:mem:a");
    assertThat(page).contains("password-file").doesNotContainIgnoringCase(CANARY);
    assertThat(run("--tls-cert", key, "--tls-key", key))
        .contains("tls-cert: must be a PEM file")
        .doesNotContainIgnoringCase(CANARY);
    assertThat(run("--access-file", access))
        .contains("access-file: line 1: the first field must be")
        .doesNotContainIgnoringCase(CANARY);
    assertThat(
            run(
                "--db-password-file",
                password,
                "--db-url",
                "jdbc:postgresql://127.0.0.1:1/a?password=canary"))
        .contains("db-url")
        .doesNotContainIgnoringCase(CANARY);
    assertThat(logged()).noneSatisfy(text -> assertThat(text).containsIgnoringCase(CANARY));
  }

  private List<String> logged() {
    return List.copyOf(log.list).stream()
        .map(event -> event.getFormattedMessage() + " " + event.getThrowableProxy())
        .toList();
  }

  private void awaitLog(String part) {
    org.awaitility.Awaitility.await()
        .until(() -> logged().stream().anyMatch(line -> line.contains(part)));
  }

  private static String refusal(RunningService service, String header) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), header);
    try {
      return "answered "
          + service
              .stub()
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .get(GetRequest.newBuilder().setId("2988507").build());
    } catch (StatusRuntimeException e) {
      return e.getStatus() + " " + e.getTrailers();
    }
  }

  private static String page(RunningService service, String path, String header) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + service.admin() + path))
              .header("Authorization", header)
              .build();
      var response = http.send(request, BodyHandlers.ofString());
      return response.body() + response.headers();
    }
  }

  private static String run(String... arguments) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, /* autoFlush= */ true, StandardCharsets.UTF_8);
    Main.run(List.of(arguments), Map.of(), stream, stream);
    return said.toString(StandardCharsets.UTF_8);
  }
}
