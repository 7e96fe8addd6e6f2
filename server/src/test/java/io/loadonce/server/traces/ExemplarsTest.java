package io.loadonce.server.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.Promtool;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way from a metric to a trace, as Prometheus reads it over HTTP. */
@Timeout(60)
class ExemplarsTest {

  private static final String PARIS = "2988507";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final Duration SLOW = Duration.ofMillis(300);

  /** What Prometheus 2.53 sends. */
  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
          + "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

  private static final Pattern EXEMPLAR =
      Pattern.compile(
          "(?m)^(\\w+)_bucket\\{(.*),?le=\"(\\S+)\"} \\d+ # \\{span_id=\"([0-9a-f]{16})\","
              + "trace_id=\"([0-9a-f]{32})\"} (\\S+) \\d+\\.\\d{3}$");

  @TempDir private Path directory;

  @Test
  void scrape_openMetrics_leadsFromTheBucketToTheTraceOfTheCall() throws Exception {
    try (Collector collector = Collector.open();
        CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(
                database,
                database.slowQuery(SLOW),
                Map.of("--trace-endpoint", collector.address(), "--trace-ratio", "0"))) {
      service.stub().get(GetRequest.newBuilder().setId("2993458").build());
      assertThat(scrape(service, PROMETHEUS).body()).doesNotContain("trace_id");

      Metadata headers = new Metadata();
      headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), PARENT);
      var _ =
          service
              .stub()
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .get(GetRequest.newBuilder().setId(PARIS).build());
      await().until(() -> collector.calls().size() == 1 && collector.queries().size() == 1);

      HttpResponse<String> scraped = scrape(service, PROMETHEUS);
      assertThat(type(scraped)).startsWith("application/openmetrics-text; version=1.0.0");
      assertThat(scraped.body()).endsWith("# EOF\n");
      List<MatchResult> exemplars = EXEMPLAR.matcher(scraped.body()).results().toList();
      assertThat(exemplars)
          .extracting(each -> each.group(1) + "{" + each.group(2))
          .containsExactlyInAnyOrder(
              "loadonce_wait_seconds{lookup=\"default\",",
              "loadonce_load_stage_seconds{lookup=\"default\",stage=\"connection\",",
              "loadonce_load_stage_seconds{lookup=\"default\",stage=\"query\",",
              "loadonce_load_stage_seconds{lookup=\"default\",stage=\"rows\",");
      String call = hex(collector.calls().getFirst().getSpanId().toByteArray());
      String query = hex(collector.queries().getFirst().getSpanId().toByteArray());
      assertThat(exemplars)
          .allSatisfy(
              each -> {
                boolean isWait = each.group(1).contains("wait");
                double value = Double.parseDouble(each.group(6));
                assertThat(each.group(5)).isEqualTo(TRACE);
                assertThat(each.group(4)).isEqualTo(isWait ? call : query);
                assertThat(value).isLessThanOrEqualTo(Double.parseDouble(each.group(3)));
                if (isWait || each.group(2).contains("query")) {
                  assertThat(value).isGreaterThan(0.25);
                }
              });

      HttpResponse<String> plain = scrape(service, "text/plain, */*");
      assertThat(type(plain)).startsWith("text/plain; version=0.0.4");
      assertThat(plain.body()).doesNotContain("trace_id", "# EOF");
      assertThat(names(scraped.body())).isEqualTo(names(plain.body()));

      Promtool promtool = Promtool.find();
      assertThat(read(promtool, scraped.body())).isEmpty();
      String planted =
          scraped
              .body()
              .replaceFirst("(?m)^(\\w+_count\\{.*)$", "$1 # {trace_id=\"" + TRACE + "\"} 1");
      assertThat(read(promtool, planted)).contains("does not support exemplars");
    }
  }

  /** Returns what Prometheus says about the metrics; it reads only those that have a time. */
  private String read(Promtool promtool, String openMetrics)
      throws IOException, InterruptedException {
    String timed =
        openMetrics
            .lines()
            .map(
                line ->
                    line.startsWith("#") ? line : line.replaceFirst("( # .*|)$", " 1795880000$1"))
            .collect(Collectors.joining("\n", "", "\n"));
    Path file = Files.writeString(directory.resolve("metrics.txt"), timed);
    return promtool.run(
        "",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        file.toString(),
        directory.resolve("blocks").toString());
  }

  /** Our series without their values; those of the JVM may change between two scrapes. */
  private static List<String> names(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("loadonce_"))
        .map(line -> line.replaceFirst(" [^ ]+( # .*)?$", ""))
        .sorted()
        .toList();
  }

  private static HttpResponse<String> scrape(RunningService service, String accept)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://" + service.admin() + "/metrics");
      return http.send(
          HttpRequest.newBuilder(metrics).header("Accept", accept).build(),
          BodyHandlers.ofString());
    }
  }

  private static String type(HttpResponse<String> response) {
    return response.headers().firstValue("Content-Type").orElseThrow();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
