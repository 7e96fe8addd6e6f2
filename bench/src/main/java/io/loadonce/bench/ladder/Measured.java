package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The results of one rung.
 *
 * @param herd null for a rung without the herd scenes; so are manyIds and failing
 */
record Measured(
    String name,
    @Nullable Herd herd,
    @Nullable Herd manyIds,
    @Nullable Herd failing,
    Staleness staleness) {

  /**
   * The result of a herd.
   *
   * @param ids how many ids the callers requested
   * @param counts the counts of the database
   */
  record Herd(int ids, Counts counts, Crowd.Report crowd) {}

  /**
   * The reads after an invalidation had returned.
   *
   * @param reads how many reads began after that
   * @param stale how many of them returned the row as it was before
   * @param invalidation how long the slowest invalidation took to return
   */
  record Staleness(int reads, int stale, Duration invalidation) {}
}
