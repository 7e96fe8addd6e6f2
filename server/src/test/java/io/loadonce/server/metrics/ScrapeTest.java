package io.loadonce.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.Promtool;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Prometheus reads from a running service. */
@Tag("slow")
@Timeout(60)
class ScrapeTest {

  @Test
  void scrape_ofAListeningService_isCleanForPromtool() throws Exception {
    Promtool promtool = Promtool.find();
    String scrape = scrapeAfterALoad();
    assertThat(scrape)
        .contains("loadonce_load_stage_seconds_bucket{lookup=\"default\",stage=\"query\"")
        .contains("loadonce_calls_total{code=\"OK\",method=\"get\"} 1.0")
        .contains("loadonce_connections_limit 8.0")
        .contains("loadonce_build_info{");
    assertThat(promtool.run(scrape, "check", "metrics")).isEmpty();
  }

  @Test
  void scrape_plantedCounterWithoutTotal_isRed() throws Exception {
    String wrong =
        "# HELP loadonce_wrong A counter.\n# TYPE loadonce_wrong counter\nloadonce_wrong 1\n";
    assertThat(Promtool.find().run(wrong, "check", "metrics")).contains("_total");
  }

  private static String scrapeAfterALoad() throws IOException, InterruptedException {
    try (RunningService service = RunningService.with(Map.of("--listen", "true"));
        HttpClient http = HttpClient.newHttpClient()) {
      service.stub().get(GetRequest.newBuilder().setId("2988507").build());
      URI metrics = URI.create("http://" + service.admin() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }
}
