package io.loadonce.bench.ladder;

import java.time.Duration;

/**
 * How many callers come, and how long a query takes.
 *
 * @param callers of the cold herd and of the failing load
 * @param ids cold at the same time
 * @param callersPerId of those
 * @param load how long each query takes in the database at least
 * @param seed of the order in which callers of many ids come
 */
record LadderPlan(int callers, int ids, int callersPerId, Duration load, long seed) {
  static final int MAX_CALLERS = 10_000;
  static final int MAX_IDS = 10_000;
  static final int MAX_CALLERS_IN_TOTAL = 50_000;
  static final Duration MAX_LOAD = Duration.ofSeconds(1);

  /** How long a failing query takes until it fails. */
  static final Duration FAILURE = Duration.ofMillis(300);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  LadderPlan {
    require(callers >= 1 && callers <= MAX_CALLERS, "callers must be 1 to " + MAX_CALLERS);
    require(ids >= 1 && ids <= MAX_IDS, "ids must be 1 to " + MAX_IDS);
    require(
        callersPerId >= 1 && (long) ids * callersPerId <= MAX_CALLERS_IN_TOTAL,
        "callers per id must be at least 1, and with all ids at most " + MAX_CALLERS_IN_TOTAL);
    require(
        !load.isNegative() && load.compareTo(MAX_LOAD) <= 0,
        "the load must take 0 to " + MAX_LOAD.toMillis() + " ms");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
