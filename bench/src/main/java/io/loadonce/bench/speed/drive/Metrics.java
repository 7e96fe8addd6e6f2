package io.loadonce.bench.speed.drive;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * One reading of Loadonce's counters.
 *
 * @param text in the format of Prometheus
 */
public record Metrics(String text) {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public static Metrics read(int adminPort) throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(adminPort));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(page).timeout(TIMEOUT).build();
      return new Metrics(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }

  public long queries() {
    return value("loadonce_queries_total");
  }

  public long idsLoaded() {
    return value("loadonce_ids_loaded_total");
  }

  /** How many lookups have ended with this outcome. */
  public long lookups(String outcome) {
    return value("loadonce_lookups_total{outcome=\"" + outcome + "\"}");
  }

  /**
   * @throws IllegalStateException if the metrics do not contain it
   */
  private long value(String sample) {
    return text.lines()
        .filter(line -> line.startsWith(sample + " "))
        .map(line -> (long) Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + sample + " in the metrics"));
  }
}
