package io.loadonce.server.load;

import io.loadonce.server.cache.Entry;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What callers are served from the cache. Never blocks; safe for use by many threads. */
final class CachedRows<K, V> {
  private final Function<K, @Nullable Entry<V>> cache;
  private final FeedState feedState;
  private final FreshnessPolicy<V> policy;
  private final LongSupplier nanoClock;

  CachedRows(
      Function<K, @Nullable Entry<V>> cache,
      FeedState feedState,
      FreshnessPolicy<V> policy,
      LongSupplier nanoClock) {
    this.feedState = feedState;
    this.cache = cache;
    this.policy = policy;
    this.nanoClock = nanoClock;
  }

  /** What a caller is served at once, as {@link FreshnessPolicy#fresh} decides, or null. */
  @Nullable Outcome<V> fresh(K id, Freshness needed, long calledNanos, long nowNanos) {
    long missedSinceNanos = feedState.missedSinceNanos(nowNanos);
    return policy.fresh(missedSinceNanos, cache.apply(id), needed, calledNanos, nowNanos);
  }

  /**
   * Whether the flight that a call joined may have read a row that has changed long since: while
   * the feed is disconnected, no change fences a flight.
   *
   * @param missedSinceNanos what {@link FeedState} said when the call began
   */
  boolean isFlightTooOld(long missedSinceNanos, long flightBeganNanos, long calledNanos) {
    return policy.isDisconnectedTooLong(missedSinceNanos, flightBeganNanos, calledNanos);
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
    if (!policy.servesStale()) {
      return null;
    }
    long missedSinceNanos = feedState.missedSinceNanos(nowNanos);
    return policy.freshOrStale(missedSinceNanos, cache.apply(id), needed, calledNanos, nowNanos);
  }
}
