package io.loadonce.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.source.Source;
import io.loadonce.server.RunningService;
import io.loadonce.server.access.NewToken;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The live page, by hand and in a real browser. */
@Tag("slow")
@Timeout(120)
class DashboardTest {

  private static final String BY_NAME = "SELECT name, country FROM city WHERE name IN (:ids)";

  private static final String HOSTILE = "<img src=x onerror=alert(1)>&amp;\"'";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql"})
  void page_inABrowser_showsTheNumbersAndRunsNothingElse(String kind) throws Exception {
    Chromium chromium = Chromium.find(directory);
    try (CountedDatabase database =
            kind.equals("h2") ? CountedDatabase.h2() : CountedDatabase.postgres();
        RunningService service =
            RunningService.on(
                database, BY_NAME, Map.of("--key-column", "name", "--key-type", "text"))) {
      thousandHostileIds(service);
      String url = "http://" + service.admin() + "/";
      Chromium.Seen seen = chromium.open(url);
      assertThat(seen.console()).isEmpty();
      assertThat(seen.dom())
          .contains("&lt;img src=x onerror=alert(1)&gt;", ">live<", "<canvas", "reachable")
          .contains("explain --admin <span class=\"origin\">http://" + service.admin() + "</span>")
          .doesNotContain("<img");
    }
  }

  @Test
  void browser_plantedScriptThatFails_isRed() throws Exception {
    Chromium.Seen seen =
        Chromium.find(directory).open("data:text/html,<script>throw new Error('planted')</script>");
    assertThat(seen.console()).contains("planted");
  }

  @Test
  void page_byHand_hasOneFileAndStrictPolicy() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      service.stub().get(GetRequest.newBuilder().setId("2988507").build());
      HttpResponse<String> page = read(service, "/");
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'; connect-src 'self'")
          .doesNotContain("unsafe");
      assertThat(page.body())
          .contains("gRPC at " + service.grpc(), "<code>/explain</code>", ">2988507<")
          .doesNotContainPattern("<(script|link|img)[^>]* (src|href)=\"?(https?:)?//")
          .doesNotContainPattern("\\{[a-z-]+}</");
      assertThat(read(service, "/explain?id=2988507").body())
          .contains("cache      a row of 179 bytes");
      assertThat(read(service, "/explain?id=%zz").statusCode()).isEqualTo(400);
      assertThat(read(service, "/ids.txt").body()).isEqualTo("2988507\n");
      assertThat(read(service, "/ids.txt?lookup=none").body())
          .isEqualTo("there is no lookup 'none'; the lookups are: default, cities-of-country\n");
      assertThat(read(service, "/page.json?since=x").statusCode()).isEqualTo(400);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(read(service, "/page.json").body())
                      .contains("\"loaded\":[", "\"shared\":[", "\"states\":", "\"counts\":")
                      .doesNotContain("\"next\":0,"));
      assertThat(read(service, "/page.json?since=999999").body()).contains("\"next\":");
    }
  }

  @Test
  void page_withoutSettingsFile_saysThatANewValueNeedsARestart() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      assertThat(read(service, "/").body())
          .contains("no settings file, so a new value needs a restart", "Do not send SIGHUP")
          .doesNotContain("Write a new value into the settings file");
    }
  }

  @Test
  void page_withSettingsFile_saysHowItIsReadAgain() throws Exception {
    Path file = Files.writeString(directory.resolve("loadonce.yaml"), "ttl: 60s\n");
    try (RunningService service = RunningService.with(Map.of("--config", file.toString()))) {
      assertThat(read(service, "/").body())
          .contains("Write a new value into the settings file and send SIGHUP")
          .doesNotContain("needs a restart");
    }
  }

  @Test
  void page_idThatReadsLikeAPlaceOfThePage_isShownAsItIs() throws Exception {
    List<String> ids = List.of("{settings}", "{counts}", "{script}", "$1");
    try (CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(
                database, BY_NAME, Map.of("--key-column", "name", "--key-type", "text"))) {
      service.stub().batchGet(BatchGetRequest.newBuilder().addAllIds(ids).build());
      assertThat(read(service, "/").body())
          .contains(ids.stream().map("<td>%s</td>"::formatted).toList())
          .containsOnlyOnce("<th>value in force</th>");
    }
  }

  @Test
  void page_withAccessFile_saysWhatTheCommandsNeed() throws Exception {
    NewToken operator = NewToken.of("operator", "admin", "");
    Path file = Files.writeString(directory.resolve("access.txt"), operator.line() + "\n");
    try (RunningService open = RunningService.with(Map.of());
        RunningService closed = RunningService.with(Map.of("--access-file", file.toString()))) {
      assertThat(read(open, "/").body()).doesNotContain("docs/access.md");
      assertThat(read(closed, "/", "Authorization", "Bearer " + operator.token()).body())
          .contains("the commands also need a CA", "<code>docs/access.md</code>");
    }
  }

  @Test
  void page_missesAreNotLoaded_areNoHits() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--switch", "memory-only"))) {
      GetRequest request = GetRequest.newBuilder().setId("2988507").build();
      assertThatThrownBy(() -> service.stub().get(request)).hasMessageStartingWith("UNAVAILABLE");
      assertThat(read(service, "/").body()).contains("<dd>0.00 % of 1 lookups");
    }
  }

  @Test
  void page_withHashIds_hasNoId() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--hash-ids", "true"))) {
      service.stub().get(GetRequest.newBuilder().setId("2988507").build());
      assertThat(read(service, "/").body())
          .doesNotContain("2988507")
          .containsPattern("<td>#[0-9a-f]{16}</td>");
      assertThat(read(service, "/ids.txt").body())
          .isEqualTo("the server does not show its ids, because of --hash-ids\n");
    }
  }

  @Test
  void ids_moreThanAreCountedAsHot_haveRandomCachedOnesAtTheEnd() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      List<String> cities = cities(2_000);
      for (List<String> part : List.of(cities.subList(0, 1_000), cities.subList(1_000, 2_000))) {
        service.stub().batchGet(BatchGetRequest.newBuilder().addAllIds(part).build());
      }
      List<String> once = read(service, "/ids.txt").body().lines().toList();
      List<String> again = read(service, "/ids.txt").body().lines().toList();
      assertThat(once).doesNotHaveDuplicates().isSubsetOf(cities).hasSizeGreaterThanOrEqualTo(100);
      assertThat(again).isSubsetOf(cities).isNotEqualTo(once);
    }
  }

  private static List<String> cities(int howMany) throws IOException {
    try (InputStream file = Source.class.getResourceAsStream("/io/loadonce/db/cities.csv")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .limit(howMany)
          .map(line -> line.substring(0, line.indexOf(',')))
          .toList();
    }
  }

  private static void thousandHostileIds(RunningService service) {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder();
    IntStream.range(0, 1_000).forEach(i -> request.addIds(HOSTILE + i % 10 + "x" + i));
    service.stub().batchGet(request.build());
  }

  private static HttpResponse<String> read(RunningService service, String path, String... headers)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://" + service.admin() + path.replace("%zz", "%25zz"));
      HttpRequest.Builder request = HttpRequest.newBuilder(page);
      if (headers.length > 0) {
        request.headers(headers);
      }
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }
}
