package io.loadonce.server.load;

import io.loadonce.server.cache.MemoryCache;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What callers are served from the cache whom a load does not serve in time. Never blocks; safe for
 * use by many threads.
 */
final class StaleRows<K, V> {
  private final MemoryCache<K, V> cache;
  private final FreshnessPolicy<V> policy;
  private final LongSupplier nanoClock;

  StaleRows(MemoryCache<K, V> cache, FreshnessPolicy<V> policy, LongSupplier nanoClock) {
    this.cache = cache;
    this.policy = policy;
    this.nanoClock = nanoClock;
  }

  /** What the call is served from the cache if it may be stale; otherwise the outcome. */
  Outcome<V> or(Call<K, V> call, Outcome<V> outcome) {
    Outcome<V> stale = of(call, nanoClock.getAsLong());
    return stale == null ? outcome : stale;
  }

  /** What the call may be served instead of waiting, or null. */
  @Nullable Outcome<V> of(Call<K, V> call, long nowNanos) {
    return of(call.waiter().id(), call.needed(), call.beganNanos(), nowNanos);
  }

  @Nullable Outcome<V> of(K id, Freshness needed, long calledNanos, long nowNanos) {
    return policy.servesStale()
        ? policy.freshOrStale(cache.get(id), needed, calledNanos, nowNanos)
        : null;
  }
}
