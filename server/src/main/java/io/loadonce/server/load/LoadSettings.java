package io.loadonce.server.load;

import java.time.Duration;

/**
 * When a stale row may be served, how early a row is refreshed, and how long an id may be queued.
 *
 * @param earlyRefresh how early a requested row is refreshed before it expires: the factor beta of
 *     XFetch; 1 is usual, 0 disables it
 * @param staleOnError for how long after its expiry a row is served as stale when the database
 *     cannot be reached or does not answer in time; zero disables it
 * @param staleOnDisconnect for how long a row is served as stale while the change feed is
 *     disconnected, so that changes may have been missed
 * @param maxQueueTime how long an id may probably have to wait for its query; if it is longer, the
 *     call is refused
 * @param use which ids use the cache, and whether misses are loaded
 */
public record LoadSettings(
    double earlyRefresh,
    Duration staleOnError,
    Duration staleOnDisconnect,
    Duration maxQueueTime,
    CacheUse use) {

  public static final LoadSettings DEFAULTS =
      new LoadSettings(1, Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(1), CacheUse.ON);

  /** Settings with the usual limit on the queue, and the cache in use. */
  public LoadSettings(double earlyRefresh, Duration staleOnError, Duration staleOnDisconnect) {
    this(earlyRefresh, staleOnError, staleOnDisconnect, DEFAULTS.maxQueueTime(), CacheUse.ON);
  }

  public LoadSettings withUse(CacheUse other) {
    return new LoadSettings(earlyRefresh, staleOnError, staleOnDisconnect, maxQueueTime, other);
  }

  public LoadSettings withStaleOnDisconnect(Duration time) {
    return new LoadSettings(earlyRefresh, staleOnError, time, maxQueueTime, use);
  }

  /**
   * @throws IllegalArgumentException if a setting is out of its range; the message names it
   */
  public LoadSettings {
    require(earlyRefresh >= 0 && earlyRefresh <= 100, "early refresh must be from 0 to 100");
    require(!staleOnError.isNegative(), "stale-on-error must not be negative");
    require(!staleOnDisconnect.isNegative(), "stale-on-disconnect must not be negative");
    require(maxQueueTime.isPositive(), "max-queue-time must be longer than zero");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
