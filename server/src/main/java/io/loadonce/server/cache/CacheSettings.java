package io.loadonce.server.cache;

import java.time.Duration;

/**
 * How long entries are fresh, and how much memory they may take.
 *
 * @param timeToLive how long a row is fresh after it was read; at zero, a row expires at once
 * @param refreshAfter the age at which a row is refreshed in the background while it is still
 *     served; not less than the time to live: no row is refreshed for its age
 * @param negativeTimeToLive how long a "not found" is fresh after it was read; at zero, it expires
 *     at once
 * @param jitter the largest share of its time to live by which an entry expires earlier, at random,
 *     from 0 to 1, so that entries that were loaded together do not expire together
 * @param maxBytes the memory budget of the rows
 * @param maxNegativeBytes the memory budget of the negative entries, which cannot evict rows
 */
public record CacheSettings(
    Duration timeToLive,
    Duration refreshAfter,
    Duration negativeTimeToLive,
    double jitter,
    long maxBytes,
    long maxNegativeBytes) {

  /** A {@code refreshAfter} that no row reaches. */
  public static final Duration NEVER = Duration.ofDays(365);

  /** The default times of the service, with these memory budgets. */
  public static CacheSettings within(long maxBytes, long maxNegativeBytes) {
    return new CacheSettings(
        Duration.ofSeconds(60), NEVER, Duration.ofSeconds(5), 0.1, maxBytes, maxNegativeBytes);
  }

  /** Returns the same times with the memory budgets of other settings. */
  public CacheSettings withBudgetsOf(CacheSettings other) {
    return new CacheSettings(
        timeToLive,
        refreshAfter,
        negativeTimeToLive,
        jitter,
        other.maxBytes,
        other.maxNegativeBytes);
  }

  /**
   * @throws IllegalArgumentException if a setting is out of its range; the message names it
   */
  public CacheSettings {
    require(!timeToLive.isNegative(), "time to live must not be negative");
    require(refreshAfter.isPositive(), "soft time to live must be longer than zero");
    require(!negativeTimeToLive.isNegative(), "negative time to live must not be negative");
    require(jitter >= 0 && jitter <= 1, "jitter must be from 0 to 1");
    require(maxBytes >= 0, "cache bytes must not be negative");
    require(maxNegativeBytes >= 0, "negative cache bytes must not be negative");
  }

  /** Returns the longer of the two times to live. */
  public Duration longestFresh() {
    return timeToLive.compareTo(negativeTimeToLive) > 0 ? timeToLive : negativeTimeToLive;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
