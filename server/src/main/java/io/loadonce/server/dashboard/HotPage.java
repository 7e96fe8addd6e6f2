package io.loadonce.server.dashboard;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.LoadStatistics;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.ports.Parameters;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ids of a lookup that callers have requested most, for a load test that is like real calls.
 */
final class HotPage {

  private static final int MOST_IDS = 1_000;

  private final Watched watched;

  HotPage(Watched watched) {
    this.watched = watched;
  }

  /** One id on each line: those with the most lookups first, then those with the most loads. */
  Content of(Parameters request) {
    String name = request.first("lookup");
    Lookup lookup = watched.lookups().find(name);
    if (lookup == null) {
      return Explanation.noLookup(name, watched.lookups());
    }
    if (watched.hashesIds()) {
      return new Content(403, "the server does not show its ids, because of --hash-ids\n");
    }
    if (lookup.settings().key().size() > 1) {
      return Explanation.mistake(
          "the key of lookup %s has several columns, and this page shows ids of one column only"
              .formatted(lookup.settings().name()));
    }
    LoadStatistics<Key> statistics = lookup.engine().statistics();
    return new Content(
        200,
        Stream.of(statistics.hotByCalls(), statistics.hotByLoads())
            .flatMap(ids -> ids.top(MOST_IDS).stream())
            .map(hot -> hot.id().text())
            .distinct()
            .limit(MOST_IDS)
            .map(id -> id + "\n")
            .collect(Collectors.joining()));
  }
}
