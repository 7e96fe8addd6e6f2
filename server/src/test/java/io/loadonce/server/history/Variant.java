package io.loadonce.server.history;

import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadSettings;
import java.time.Duration;

/** The settings of the engine under which a history runs. */
enum Variant {
  /** Loads without delay, and a cache that holds all rows. */
  PLAIN(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.ROOMY, Duration.ZERO),

  /** A long time between the read of a load and its publication. */
  SLOW_LOADS(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.ROOMY, Duration.ofMillis(3)),

  /** A short time to live, with a refresh in the background before it ends. */
  SHORT_LIVES(Duration.ofMillis(5), Duration.ofMillis(2), Bytes.ROOMY, Duration.ofMillis(1)),

  /** A short time to live, with stale rows when the database does not answer. */
  OLD_ROWS(Duration.ofMillis(5), Duration.ofMillis(5), Bytes.ROOMY, Duration.ofMillis(1)) {
    @Override
    LoadSettings load() {
      return new LoadSettings(
          LoadSettings.DEFAULTS.earlyRefresh(), Duration.ofMinutes(1), STALE_ON_DISCONNECT);
    }

    @Override
    Duration timeout() {
      // A short standstill of the database may last longer than half of that.
      return Duration.ofMillis(200);
    }
  },

  /** An eighth of the rows fits. */
  SMALL_MEMORY(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.NARROW, Duration.ofMillis(1));

  /** For how long rows are served as stale while the change feed is disconnected. */
  static final Duration STALE_ON_DISCONNECT = Duration.ofMillis(300);

  private final Duration timeToLive;
  private final Duration refreshAfter;
  private final long maxBytes;
  private final Duration maxDelay;

  Variant(Duration timeToLive, Duration refreshAfter, long maxBytes, Duration maxDelay) {
    this.timeToLive = timeToLive;
    this.refreshAfter = refreshAfter;
    this.maxBytes = maxBytes;
    this.maxDelay = maxDelay;
  }

  CacheSettings cache() {
    return new CacheSettings(
        timeToLive, refreshAfter, timeToLive, /* jitter= */ 0.1, maxBytes, Bytes.ROOMY);
  }

  LoadSettings load() {
    LoadSettings defaults = LoadSettings.DEFAULTS;
    return new LoadSettings(defaults.earlyRefresh(), defaults.staleOnError(), STALE_ON_DISCONNECT);
  }

  /** How long a reader waits. */
  Duration timeout() {
    return Duration.ofSeconds(2);
  }

  /** How long a query is delayed on the network, and how long in the database. */
  Duration maxDelay() {
    return maxDelay;
  }

  /** Memory budgets in bytes. */
  private static final class Bytes {
    static final long ROOMY = 1 << 20;
    static final long NARROW = HistoryRun.IDS / 8 * (MemoryCache.ENTRY_OVERHEAD_BYTES + 16L);
  }
}
