package io.loadonce.server.dashboard;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.HotIds;
import io.loadonce.server.load.LoadStatistics;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.ports.Parameters;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ids of a lookup that callers have requested most, and random ids of its cached rows, for a
 * load test that is like real calls.
 */
final class IdsPage {

  private static final int MOST_HOT_IDS = 1_000;

  /** How many random ids there are; each request finds others. */
  private static final int RANDOM_IDS = 100;

  private final Watched watched;

  IdsPage(Watched watched) {
    this.watched = watched;
  }

  /**
   * One id on each line, none twice: those with the most lookups first, then those with the most
   * loads, then random cached ones. Goes through all cached rows.
   */
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
    Stream<Key> hottest =
        Stream.of(statistics.hotByCalls(), statistics.hotByLoads())
            .flatMap(ids -> ids.top(MOST_HOT_IDS).stream())
            .map(HotIds.Hot::id)
            .distinct()
            .limit(MOST_HOT_IDS);
    return new Content(
        200,
        Stream.concat(hottest, lookup.cache().sample(RANDOM_IDS).stream())
            .distinct()
            .map(id -> id.text() + "\n")
            .collect(Collectors.joining()));
  }
}
