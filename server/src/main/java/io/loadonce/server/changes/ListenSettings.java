package io.loadonce.server.changes;

import java.time.Duration;

/**
 * Whether and how the service listens to changes in the database.
 *
 * @param isOn off by default, because the database needs triggers first
 * @param table the table to watch; empty for the only table of the query
 * @param heartbeat the time between two heartbeats of the change listener
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
