package io.loadonce.server.load;

import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Whether a cached entry may be served, and as what. Never blocks; safe for use by many threads.
 *
 * @param <V> the form in which a row is kept
 */
final class FreshnessPolicy<V> {

  /**
   * Farther from expiry than this many load times, an early refresh is too unlikely to draw a
   * random number for it.
   */
  private static final int EARLIEST_LOAD_TIMES = 16;

  private volatile LoadSettings settings;

  FreshnessPolicy(LoadSettings settings) {
    this.settings = settings;
  }

  LoadSettings settings() {
    return settings;
  }

  /** Replaces the settings: each decision from now on follows these. Returns those before. */
  LoadSettings use(LoadSettings changed) {
    LoadSettings before = settings;
    settings = changed;
    return before;
  }

  /**
   * Returns what a caller who needs this freshness is served at once, or null for a miss. While the
   * change feed is disconnected, a row is served as stale.
   *
   * @param missedSinceNanos of the feed, determined before the entry was read
   * @param calledNanos when the call began, from which its longest age is seen
   */
  @Nullable Outcome<V> fresh(
      long missedSinceNanos,
      @Nullable Entry<V> entry,
      Freshness needed,
      long calledNanos,
      long nowNanos) {
    if (entry == null
        || !entry.isFresh(nowNanos)
        || !needed.acceptsAge(entry.readNanos(), calledNanos)
        || isDisconnectedTooLong(missedSinceNanos, entry.readNanos(), nowNanos)) {
      return null;
    }
    Origin origin = missedSinceNanos == FeedState.CONNECTED ? Origin.MEMORY : Origin.STALE;
    if (entry instanceof Entry.Row<V> row) {
      return row.version() < needed.minVersion() ? null : found(row, origin, nowNanos);
    }
    return needed.needsVersion() ? null : new Missing<>(origin, ageNanos(entry, nowNanos));
  }

  /**
   * Returns what a caller is served whom a load does not serve in time, or null: a fresh entry, or
   * a row that expired not longer ago than stale-on-error allows. Always null if that is off.
   */
  @Nullable Outcome<V> freshOrStale(
      long missedSinceNanos,
      @Nullable Entry<V> entry,
      Freshness needed,
      long calledNanos,
      long nowNanos) {
    if (entry == null || !servesStale()) {
      return null;
    }
    Outcome<V> fresh = fresh(missedSinceNanos, entry, needed, calledNanos, nowNanos);
    if (fresh != null) {
      return fresh;
    }
    return entry instanceof Entry.Row<V> row
            && row.version() >= needed.minVersion()
            && needed.acceptsAge(row.readNanos(), calledNanos)
            && nowNanos - row.freshUntilNanos() < settings.staleOnError().toNanos()
            && !isDisconnectedTooLong(missedSinceNanos, row.readNanos(), nowNanos)
        ? found(row, Origin.STALE, nowNanos)
        : null;
  }

  /** Whether stale-on-error is on. */
  boolean servesStale() {
    return settings.staleOnError().isPositive();
  }

  /**
   * Whether a requested row should be refreshed in the background, although it is still served: it
   * is older than refresh-after, or it expires soon and chance decides so. The nearer the expiry
   * and the longer a load takes, the likelier, so that entries that expire together are not
   * refreshed together. This is XFetch, from Vattani, Chierichetti and Lowenstein, "Optimal
   * Probabilistic Cache Stampede Prevention", VLDB 2015.
   *
   * <p>When a load of a row fails, {@link FlightEnd} moves the time at which its refresh is due to
   * one second later, so that the database is not queried for this row again at once.
   */
  boolean isRefreshDue(Entry<V> entry, long nowNanos, long loadNanos) {
    LoadSettings now = settings;
    if (!(entry instanceof Entry.Row<V> row) || !now.use().loads()) {
      return false;
    }
    long leftNanos = row.refreshDueNanos() - nowNanos;
    if (leftNanos <= 0) {
      return true;
    }
    double scale = now.earlyRefresh() * loadNanos;
    if (leftNanos > scale * EARLIEST_LOAD_TIMES) {
      return false;
    }
    double chance = 1 - ThreadLocalRandom.current().nextDouble();
    return -Math.log(chance) * scale >= leftNanos;
  }

  /** Whether the feed has been disconnected for longer than allowed since a row was read. */
  boolean isDisconnectedTooLong(long missedSinceNanos, long readNanos, long nowNanos) {
    if (missedSinceNanos == FeedState.CONNECTED) {
      return false;
    }
    long sinceNanos = readNanos - missedSinceNanos > 0 ? readNanos : missedSinceNanos;
    return nowNanos - sinceNanos > settings.staleOnDisconnect().toNanos();
  }

  private static <V> Outcome<V> found(Entry.Row<V> row, Origin origin, long nowNanos) {
    return new Found<>(row.value(), row.version(), origin, ageNanos(row, nowNanos));
  }

  private static long ageNanos(Entry<?> entry, long nowNanos) {
    return Math.max(0, nowNanos - entry.readNanos());
  }
}
