package io.loadonce.commands.load;

import io.loadonce.client.ClientSettings;
import java.net.URI;
import java.util.List;

/** How much the server has queried its database, by the metrics of its admin port. */
public sealed interface ServerCounters {

  String QUERIES = "loadonce_queries_total";
  String IDS_LOADED = "loadonce_ids_loaded_total";

  int OK = 200;

  /** Queries run and ids loaded by them, since the server started or between two readings. */
  record Known(long queries, long idsLoaded) implements ServerCounters {}

  /**
   * The admin port could not be read.
   *
   * @param why for people, as the end of a sentence
   */
  record Unknown(String why) implements ServerCounters {}

  /**
   * Reads {@code /metrics} of an admin port. Blocks for 4 s at most; throws nothing.
   *
   * @param settings have the certificates to trust and the token, for an admin port that is
   *     protected
   */
  static ServerCounters read(URI admin, ClientSettings settings) {
    URI metrics = admin.resolve("/metrics");
    return switch (AdminPage.read(metrics, settings)) {
      case AdminPage.Answer(int status, String body) when status == OK -> parse(body);
      case AdminPage.Answer answer ->
          new Unknown(metrics + " answered with HTTP status " + answer.status());
      case AdminPage.Unreadable(String why) -> new Unknown(why);
    };
  }

  /** Reads several instances, one after the other, and adds them up. */
  static ServerCounters read(List<URI> admins, ClientSettings settings) {
    if (admins.isEmpty()) {
      return new Unknown("--admin is not set");
    }
    long queries = 0;
    long idsLoaded = 0;
    for (URI admin : admins) {
      switch (read(admin, settings)) {
        case Known known -> {
          queries += known.queries();
          idsLoaded += known.idsLoaded();
        }
        case Unknown unknown -> {
          return unknown;
        }
      }
    }
    return new Known(queries, idsLoaded);
  }

  /** Reads the text format of Prometheus. */
  static ServerCounters parse(String metrics) {
    if (!metrics.contains(QUERIES) || !metrics.contains(IDS_LOADED)) {
      return new Unknown("the admin port does not have %s and %s".formatted(QUERIES, IDS_LOADED));
    }
    return new Known(sum(metrics, QUERIES), sum(metrics, IDS_LOADED));
  }

  /** The difference from {@code before} to this reading. */
  default ServerCounters since(ServerCounters before) {
    if (!(this instanceof Known now)) {
      return this;
    }
    if (!(before instanceof Known then)) {
      return before;
    }
    if (now.queries < then.queries || now.idsLoaded < then.idsLoaded) {
      return new Unknown("the counters went down: the server was restarted during the test");
    }
    return new Known(now.queries - then.queries, now.idsLoaded - then.idsLoaded);
  }

  /** The sum of all samples of a metric; those with other labels, too. */
  static long sum(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .map(line -> line.substring(Math.max(name.length(), line.lastIndexOf('}') + 1)).strip())
        .mapToLong(sample -> (long) Double.parseDouble(sample.split(" ", 2)[0]))
        .sum();
  }
}
