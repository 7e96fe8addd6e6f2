package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one rung has shown.
 *
 * @param herd null for a rung that is not shown to herds, and so are manyIds and failing
 */
record Measured(
    String name,
    @Nullable Herd herd,
    @Nullable Herd manyIds,
    @Nullable Herd failing,
    Staleness staleness) {

  /**
   * What a crowd cost.
   *
   * @param ids how many ids it asked for
   * @param counts by the database
   */
  record Herd(int ids, Counts counts, Crowd.Report crowd) {}

  /**
   * What was read after an invalidation had returned.
   *
   * @param reads how many reads began after that
   * @param stale how many of them gave the row as it was before
   * @param invalidation how long the slowest invalidation took to return
   */
  record Staleness(int reads, int stale, Duration invalidation) {}
}
