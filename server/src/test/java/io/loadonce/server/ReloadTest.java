package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.LookupInfo.Source;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running service whose settings file changes. */
@Timeout(60)
class ReloadTest {

  private static final String PARIS = "2988507";

  @TempDir private Path folder;

  @Test
  void reload_shorterTimeToLive_cachedRowExpiresByItAndThePageShowsIt() throws Exception {
    Path file = Files.writeString(folder.resolve("loadonce.yaml"), "ttl: 1h\nttl-jitter: 0\n");
    try (RunningService service = RunningService.with(Map.of("--config", file.toString()))) {
      assertThat(get(service)).isEqualTo(Source.SOURCE_LOADED);
      assertThat(get(service)).isEqualTo(Source.SOURCE_MEMORY);

      Files.writeString(file, "ttl: 100ms\nttl-jitter: 0\ncall-timeout: 9s\n");
      service.requestReload();

      await().atMost(Duration.ofSeconds(20)).until(() -> get(service) == Source.SOURCE_LOADED);
      assertThat(
              service
                  .stub()
                  .listLookups(ListLookupsRequest.getDefaultInstance())
                  .getLookups(0)
                  .getTimeToLive())
          .isEqualTo(com.google.protobuf.Duration.newBuilder().setNanos(100_000_000).build());
      JsonObject settings =
          JsonParser.parseString(read(service, "/page.json"))
              .getAsJsonObject()
              .getAsJsonObject("in_force");
      assertThat(settings.getAsJsonObject("ttl").get("value").getAsString()).isEqualTo("100ms");
      assertThat(settings.has("call-timeout")).isFalse();
      assertThat(read(service, "/"))
          .contains("<td>ttl</td><td>100ms</td><td>" + file + ":1:6</td><td>20");
    }
  }

  @Test
  void reload_switch_isInForceForItsLookupAndCallersSeeIt() throws Exception {
    Path file = Files.writeString(folder.resolve("loadonce.yaml"), "switch: off\n");
    try (RunningService service = RunningService.with(Map.of("--config", file.toString()))) {
      assertThat(get(service)).isEqualTo(Source.SOURCE_LOADED);
      assertThat(get(service)).isEqualTo(Source.SOURCE_LOADED);

      Files.writeString(file, "switch: memory-only\n");
      service.requestReload();

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> get(service))
                      .hasMessage(
                          "UNAVAILABLE: the cache has no entry for this id that may be served, and"
                              + " the operator has switched off the loads of this lookup"));
      assertThat(read(service, "/explain?id=" + PARIS)).contains("switch     memory-only: nothing");
    }
  }

  @Test
  void post_reload_answersWithWhatHasChangedWhatNeedsARestartAndWhatIsWrong() throws Exception {
    Path file = Files.writeString(folder.resolve("loadonce.yaml"), "ttl: 1h\n");
    try (RunningService service = RunningService.with(Map.of("--config", file.toString()))) {
      Files.writeString(file, "ttl: 2m\ncall-timeout: 9s\n");
      HttpResponse<String> right = reload(service);
      Files.writeString(file, "ttl: never\n");
      HttpResponse<String> wrong = reload(service);

      assertThat(right.statusCode()).isEqualTo(200);
      assertThat(right.body().lines())
          .containsExactly(
              file + " was read again: ttl is 2m, and was 1h",
              file
                  + " has new values that need a restart, and the old ones stay in force:"
                  + " call-timeout");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body().lines())
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line)
                      .startsWith(file + ":1:6: ttl: must be a time")
                      .endsWith("; the settings stay as they are"));
      assertThat(read(service, "/page.json")).contains("\"value\":\"2m\"");
      assertThat(read(service, "/reload")).isEqualTo("only POST is allowed\n");
      assertThat(reload(service, "Origin", "http://" + service.admin()).statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void post_reloadWithoutAFile_saysSo() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      HttpResponse<String> answer = reload(service);

      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).startsWith("the service was started without a settings file");
    }
  }

  private static HttpResponse<String> reload(RunningService service, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + service.admin() + "/reload"))
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static Source get(RunningService service) {
    return service.stub().get(GetRequest.newBuilder().setId(PARIS).build()).getInfo().getSource();
  }

  private static String read(RunningService service, String path)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://" + service.admin() + path);
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }
}
