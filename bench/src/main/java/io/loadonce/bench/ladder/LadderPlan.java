package io.loadonce.bench.ladder;

import java.time.Duration;

/**
 * The number of callers, and how long a query takes.
 *
 * @param callers the callers of the cold herd and of the failing load
 * @param ids the ids of the many-ids scene, none of them cached
 * @param callersPerId the callers of each of those ids
 * @param load the shortest time that each query takes in the database
 * @param seed the seed of the order of the callers of many ids
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
