package io.loadonce.server.changes;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.lookup.LookupConfig;
import java.time.Duration;
import java.util.List;

/**
 * Whether and how the service listens to changes in the database.
 *
 * @param isOn off by default, because the database needs triggers first
 * @param table the table to watch for the lookup that flags describe; empty for the only table of
 *     its query
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

  /**
   * Returns the lookups with the tables whose changes invalidate their entries.
   *
   * @throws InvalidSettingException if a table is not named and cannot be read from the query
   */
  public List<WatchedLookup> watched(List<LookupConfig> lookups) {
    return lookups.stream().map(this::watched).toList();
  }

  private WatchedLookup watched(LookupConfig lookup) {
    boolean isNamed =
        !table.isBlank() && lookup.settings().name().equals(LookupSettings.DEFAULT_NAME);
    return isNamed
        ? WatchedLookup.of(lookup.settings(), table)
        : WatchedLookup.of(lookup.settings(), lookup.changes());
  }
}
