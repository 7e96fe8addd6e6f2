package io.loadonce.server.history;

import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadSettings;
import java.time.Duration;

/** What the heart of the engine is put under stress with. */
enum Variant {
  /** Loads as fast as they go, everything stays in memory. */
  PLAIN(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.ROOMY, Duration.ZERO),

  /** A wide window between the moment that a load reads and the moment that it publishes. */
  SLOW_LOADS(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.ROOMY, Duration.ofMillis(3)),

  /** Everything expires all the time, and is refreshed in the background before. */
  SHORT_LIVES(Duration.ofMillis(5), Duration.ofMillis(2), Bytes.ROOMY, Duration.ofMillis(1)),

  /** Everything expires all the time, and old rows are given when the database does not answer. */
  OLD_ROWS(Duration.ofMillis(5), Duration.ofMillis(5), Bytes.ROOMY, Duration.ofMillis(1)) {
    @Override
    LoadSettings load() {
      return new LoadSettings(
          LoadSettings.DEFAULTS.earlyRefresh(), Duration.ofMinutes(1), STALE_ON_DISCONNECT);
    }

    @Override
    Duration patience() {
      // A short standstill of the database may last longer than half of that.
      return Duration.ofMillis(200);
    }
  },

  /** An eighth of the rows fits. */
  SMALL_MEMORY(Duration.ofMinutes(1), Duration.ofMinutes(1), Bytes.NARROW, Duration.ofMillis(1));

  /** For how long memory is still given, marked as stale, when changes may have been missed. */
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
  Duration patience() {
    return Duration.ofSeconds(2);
  }

  /** How long a query may be under way, and how long the database may take over it. */
  Duration maxDelay() {
    return maxDelay;
  }

  /** Budgets of memory, in bytes. */
  private static final class Bytes {
    static final long ROOMY = 1 << 20;
    static final long NARROW = HistoryRun.IDS / 8 * (MemoryCache.ENTRY_OVERHEAD_BYTES + 16L);
  }
}
