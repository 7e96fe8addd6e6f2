package io.loadonce.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** How much the server has asked its database, as its admin port tells. */
sealed interface ServerWork {

  String QUERIES = "loadonce_queries_total";
  String IDS_LOADED = "loadonce_ids_loaded_total";

  /** Queries run and ids loaded by them, since the server began or between two readings. */
  record Known(long queries, long idsLoaded) implements ServerWork {}

  /** The admin port did not tell. */
  record Unknown(String why) implements ServerWork {}

  /** Reads {@code /metrics} below {@code admin}. Blocks for 2 s at most; never throws. */
  static ServerWork read(URI admin) {
    Duration patience = Duration.ofSeconds(2);
    URI metrics = admin.resolve("/metrics");
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(patience).build()) {
      HttpRequest request = HttpRequest.newBuilder(metrics).timeout(patience).build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200
          ? parse(response.body())
          : new Unknown(metrics + " answered " + response.statusCode());
    } catch (IOException _) {
      return new Unknown(metrics + " cannot be reached");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Unknown("interrupted while reading " + metrics);
    }
  }

  /** Reads the text format of Prometheus. */
  static ServerWork parse(String metrics) {
    if (!metrics.contains(QUERIES) || !metrics.contains(IDS_LOADED)) {
      return new Unknown("the admin port does not tell %s and %s".formatted(QUERIES, IDS_LOADED));
    }
    return new Known(sum(metrics, QUERIES), sum(metrics, IDS_LOADED));
  }

  /** What was done from {@code before} to this reading. */
  default ServerWork since(ServerWork before) {
    if (!(this instanceof Known now)) {
      return this;
    }
    if (!(before instanceof Known then)) {
      return before;
    }
    if (now.queries < then.queries || now.idsLoaded < then.idsLoaded) {
      return new Unknown("the server's counters went back: it began anew meanwhile");
    }
    return new Known(now.queries - then.queries, now.idsLoaded - then.idsLoaded);
  }

  private static long sum(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .map(line -> line.substring(Math.max(name.length(), line.lastIndexOf('}') + 1)).strip())
        .mapToLong(sample -> (long) Double.parseDouble(sample.split(" ", 2)[0]))
        .sum();
  }
}
