package io.loadonce.server.cache;

import java.time.Duration;

/**
 * How long and how much is kept in memory.
 *
 * @param timeToLive how long a row is fresh; zero keeps nothing
 * @param refreshAfter after how long a row is read again in the background, while it is still
 *     given; as long as the time to live or longer: not before it is
 * @param negativeTimeToLive how long the absence of a row is; zero keeps nothing
 * @param jitter the share of its time to live that an entry may lose by chance, from 0 to 1, so
 *     that entries that were loaded together do not expire together
 * @param maxBytes the budget of the rows
 * @param maxNegativeBytes the budget of the absences, which cannot push out rows
 */
public record CacheSettings(
    Duration timeToLive,
    Duration refreshAfter,
    Duration negativeTimeToLive,
    double jitter,
    long maxBytes,
    long maxNegativeBytes) {

  /** For a soft time to live that is none. */
  public static final Duration NEVER = Duration.ofDays(365);

  /** The times of the service's defaults, within these budgets. */
  public static CacheSettings within(long maxBytes, long maxNegativeBytes) {
    return new CacheSettings(
        Duration.ofSeconds(60), NEVER, Duration.ofSeconds(5), 0.1, maxBytes, maxNegativeBytes);
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

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
