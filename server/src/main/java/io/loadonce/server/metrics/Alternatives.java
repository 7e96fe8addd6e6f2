package io.loadonce.server.metrics;

import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadStatistics;
import io.loadonce.server.load.LoadStatistics.Stage;

/**
 * How many queries the lookups of one engine would have caused in other ways, computed from what is
 * counted anyway.
 */
public final class Alternatives {

  /** Another way to answer the same lookups. */
  public enum Way {
    /** One query for each lookup, but none where the caller wants only what is cached. */
    NO_CACHE,
    /** The same cache without a lock: one query for each lookup that is a miss. */
    CACHE_ASIDE,
    /** The same cache with a lock for each id: one query for each id that is loaded. */
    LOCK_PER_ID
  }

  private Alternatives() {}

  /** Returns how many queries there would have been since the start. */
  public static long queries(LoadOnce<?, ?> engine, Way way) {
    return switch (way) {
      case NO_CACHE -> engine.counts().countWithoutCacheOnly();
      case CACHE_ASIDE -> engine.statistics().misses();
      case LOCK_PER_ID -> engine.idsLoaded();
    };
  }

  /**
   * Returns about the time in seconds that the database did not have to spend, compared with no
   * cache: the mean time of a loaded id for each query less. A query for one id takes longer than
   * its share of a query for many, so with batches the true time is longer.
   */
  public static double databaseSecondsSaved(LoadOnce<?, ?> engine) {
    long loaded = engine.idsLoaded();
    return loaded == 0
        ? 0
        : databaseSeconds(engine) / loaded * Math.max(0, queries(engine, Way.NO_CACHE) - loaded);
  }

  /** Returns the time in seconds that the database spent on queries, and rows took to arrive. */
  public static double databaseSeconds(LoadOnce<?, ?> engine) {
    LoadStatistics<?> statistics = engine.statistics();
    return (statistics.stage(Stage.QUERY).snapshot().sum()
            + statistics.stage(Stage.ROWS).snapshot().sum())
        / 1e9;
  }
}
