package io.loadonce.server.changes;

import java.time.Duration;

/**
 * Whether and how changes are heard from the database.
 *
 * @param isOn off by default: the database must be made to speak first
 * @param table whose changes; empty for the only table of the query
 * @param heartbeat how often the database is asked for a sign
 */
public record ListenSettings(boolean isOn, String table, Duration heartbeat) {

  public static final Duration MIN_HEARTBEAT = Duration.ofMillis(100);
  public static final Duration MAX_HEARTBEAT = Duration.ofMinutes(1);

  /**
   * @throws IllegalArgumentException if a setting is out of its range; the message names it
   */
  public ListenSettings {
    if (heartbeat.compareTo(MIN_HEARTBEAT) < 0 || heartbeat.compareTo(MAX_HEARTBEAT) > 0) {
      throw new IllegalArgumentException("heartbeat must be from 100 ms to 1 minute");
    }
  }
}
