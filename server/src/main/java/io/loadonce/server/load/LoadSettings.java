package io.loadonce.server.load;

import java.time.Duration;

/**
 * When memory may be given although it is old, and when it is read again before it is.
 *
 * @param earlyRefresh how eagerly a row in demand is read again before its time is over: the factor
 *     beta of XFetch; 1 is the usual, 0 never
 * @param staleOnError for how long after its time a row is still given, marked as stale, when the
 *     database cannot be reached or does not answer in time; zero never
 * @param staleOnDisconnect for how long a row is still given, marked as stale, when changes in the
 *     database may have been missed
 */
public record LoadSettings(double earlyRefresh, Duration staleOnError, Duration staleOnDisconnect) {

  public static final LoadSettings DEFAULTS =
      new LoadSettings(1, Duration.ZERO, Duration.ofSeconds(2));

  /**
   * @throws IllegalArgumentException if a setting is out of its range; the message names it
   */
  public LoadSettings {
    require(earlyRefresh >= 0 && earlyRefresh <= 100, "early refresh must be from 0 to 100");
    require(!staleOnError.isNegative(), "stale-on-error must not be negative");
    require(!staleOnDisconnect.isNegative(), "stale-on-disconnect must not be negative");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
