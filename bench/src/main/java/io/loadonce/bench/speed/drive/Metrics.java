package io.loadonce.bench.speed.drive;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

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
    return value("loadonce_queries_total", "");
  }

  public long idsLoaded() {
    return value("loadonce_ids_loaded_total", "");
  }

  /** How many loads are under way. */
  public long flights() {
    return value("loadonce_flights", "");
  }

  /** How many calls have ended with this status. */
  public long calls(String code) {
    return value("loadonce_calls_total", "code=\"" + code + "\"");
  }

  /** How many lookups have ended with this outcome. */
  public long lookups(String outcome) {
    return value("loadonce_lookups_total", "outcome=\"" + outcome + "\"");
  }

  /** A value that has no labels. */
  public long plain(String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no %s in the metrics".formatted(name)));
  }

  /** A value that has the label of the lookup, summed over all lookups and all other labels. */
  public long sum(String name) {
    return value(name, "");
  }

  /**
   * The sum over all lookups.
   *
   * @param label a part of the labels
   * @throws IllegalStateException if the metrics do not contain it
   */
  private long value(String name, String label) {
    List<String> samples =
        text.lines()
            .filter(line -> line.startsWith(name + "{") && line.contains(label))
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .toList();
    if (samples.isEmpty()) {
      throw new IllegalStateException("no %s with %s in the metrics".formatted(name, label));
    }
    return samples.stream().mapToLong(sample -> (long) Double.parseDouble(sample)).sum();
  }
}
