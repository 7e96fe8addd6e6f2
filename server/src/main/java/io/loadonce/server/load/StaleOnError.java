package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.lock.Compromise;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is given an old row without having waited for the load to fail. While the last load to end
 * could not reach the database: whoever asks for a row that may still be given, at once. Before
 * that is known: whoever has waited for half of its patience. The load goes on in the background
 * either way, and its end says whether the database can be reached.
 *
 * <p>The idea is the fail-safe with a soft time-out of FusionCache, by Jody Donetti ({@code
 * docs/Timeouts.md} in ZiggyCreatures/FusionCache). There the time-out is a setting; here the
 * caller's own deadline says what is soon enough.
 *
 * <p>Never blocks; safe for use by many threads. When old rows are not to be given, every question
 * is answered with null before memory is looked into.
 */
final class StaleOnError<K, V> {
  private final boolean isOn;
  private final MemoryCache<K, V> cache;
  private final FreshnessPolicy<V> judge;
  private final LongSupplier nanoClock;

  private volatile boolean isUnreachable;

  StaleOnError(
      LoadSettings settings,
      MemoryCache<K, V> cache,
      FreshnessPolicy<V> judge,
      LongSupplier nanoClock) {
    this.isOn = settings.staleOnError().isPositive();
    this.cache = cache;
    this.judge = judge;
    this.nanoClock = nanoClock;
  }

  /** Whether the last load to end could not reach the database. */
  boolean isUnreachable() {
    return isUnreachable;
  }

  /** A load has ended with rows. */
  void reached() {
    isUnreachable = false;
  }

  /** A load has failed that nobody had given up. */
  void failed(SourceException reason) {
    isUnreachable = reason instanceof SourceException.Unavailable;
  }

  /** What a caller is given before it takes a lock; null if it has to. */
  @Nullable Outcome<V> atOnce(K id, long minVersion, long nowNanos) {
    return isUnreachable ? fromMemory(id, minVersion, nowNanos) : null;
  }

  /** What a caller takes after half of its patience; null for one who has nothing to take. */
  @Nullable Compromise<Outcome<V>> halfway(
      K id, long minVersion, long nowNanos, Duration patience) {
    if (fromMemory(id, minVersion, nowNanos) == null) {
      return null;
    }
    return new Compromise<>(
        nowNanos + patience.dividedBy(2).toNanos(),
        () -> fromMemory(id, minVersion, nanoClock.getAsLong()));
  }

  /** What a caller is given whom the caps keep out. */
  Outcome<V> ratherThan(Refused<V> refused, K id, long minVersion, long nowNanos) {
    Outcome<V> old = fromMemory(id, minVersion, nowNanos);
    return old == null ? refused : old;
  }

  /** What those are given who have waited for a load. */
  Outcome<V> afterLoad(K id, Outcome<V> outcome) {
    boolean isLost = outcome instanceof Failed<V>(SourceException.Unavailable _);
    Outcome<V> old = isLost ? fromMemory(id, LoadOnce.ANY_VERSION, nanoClock.getAsLong()) : null;
    return old == null ? outcome : old;
  }

  private @Nullable Outcome<V> fromMemory(K id, long minVersion, long nowNanos) {
    return isOn ? judge.usableOrOld(cache.get(id), minVersion, nowNanos) : null;
  }
}
