package io.loadonce.server.load;

import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is in memory may be given, and as what. Never blocks; safe for use by many threads.
 *
 * @param <V> the form in which a row is kept
 */
final class FreshnessPolicy<V> {

  /**
   * So many load times before it is due, an early refresh is so unlikely that it is not thrown for.
   */
  private static final int EARLIEST_LOAD_TIMES = 16;

  private final LoadSettings settings;
  private final FeedState hearing;

  FreshnessPolicy(LoadSettings settings, FeedState hearing) {
    this.settings = settings;
    this.hearing = hearing;
  }

  /** Returns what may be given to a caller who needs at least this version, or null for a miss. */
  @Nullable Outcome<V> usable(@Nullable Entry<V> entry, long minVersion, long nowNanos) {
    if (entry == null || !entry.isFresh(nowNanos)) {
      return null;
    }
    if (isBeyondStaleOnDisconnect(entry, nowNanos)) {
      return null;
    }
    boolean deaf = hearing.isDisconnected();
    return switch (entry) {
      case Entry.Row<V> row when row.version() >= minVersion ->
          found(row, deaf ? Origin.STALE : Origin.MEMORY, nowNanos);
      case Entry.NotFound<V> _ when minVersion == LoadOnce.ANY_VERSION -> new Missing<>();
      case Entry.Row<V> _, Entry.NotFound<V> _ -> null;
    };
  }

  /** Returns what may be given to a caller whom a load does not serve in time, or null. */
  @Nullable Outcome<V> usableOrOld(@Nullable Entry<V> entry, long minVersion, long nowNanos) {
    Outcome<V> usable = usable(entry, minVersion, nowNanos);
    return usable == null ? old(entry, minVersion, nowNanos) : usable;
  }

  /**
   * Whether a row that is in demand should be read again, although it is still given. Before that
   * is due, by chance: the nearer, the likelier, and the longer a load takes, the earlier, so that
   * entries that end together are not read again together. This is XFetch, from Vattani,
   * Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
   */
  boolean isRefreshDue(Entry<V> entry, long nowNanos, long loadNanos) {
    if (!(entry instanceof Entry.Row<V> row)) {
      return false;
    }
    long leftNanos = row.refreshDueNanos() - nowNanos;
    if (leftNanos <= 0) {
      return true;
    }
    double scale = settings.earlyRefresh() * loadNanos;
    if (leftNanos > scale * EARLIEST_LOAD_TIMES) {
      return false;
    }
    double chance = 1 - ThreadLocalRandom.current().nextDouble();
    return -Math.log(chance) * scale >= leftNanos;
  }

  private @Nullable Outcome<V> old(@Nullable Entry<V> entry, long minVersion, long nowNanos) {
    if (!(entry instanceof Entry.Row<V> row) || row.version() < minVersion) {
      return null;
    }
    long pastNanos = nowNanos - row.freshUntilNanos();
    boolean mayBeGiven =
        settings.staleOnError().isPositive()
            && pastNanos < settings.staleOnError().toNanos()
            && !isBeyondStaleOnDisconnect(row, nowNanos);
    return mayBeGiven ? found(row, Origin.STALE, nowNanos) : null;
  }

  /** Whether a change of the entry may have been missed for longer than is borne. */
  private boolean isBeyondStaleOnDisconnect(Entry<V> entry, long nowNanos) {
    return hearing.isDisconnected()
        && hearing.missedNanos(entry.readNanos(), nowNanos)
            > settings.staleOnDisconnect().toNanos();
  }

  /** The row of the greater version, if both are rows; else the flight's own outcome. */
  static <V> Outcome<V> newer(Outcome<V> own, @Nullable Outcome<V> overtaken) {
    return own instanceof Found<V> row
            && overtaken instanceof Found<V> other
            && other.version() > row.version()
        ? other
        : own;
  }

  private static <V> Outcome<V> found(Entry.Row<V> row, Origin origin, long nowNanos) {
    long ageNanos = Math.max(0, nowNanos - row.readNanos());
    return new Found<>(row.value(), row.version(), origin, ageNanos);
  }
}
