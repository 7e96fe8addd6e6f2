package io.loadonce.server.load;

import io.loadonce.server.cache.Entry;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.Waiter;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * How fresh a row must be that completes a flight without a query of the database: as the caller
 * needs it who began the flight. Callers who joined and need more begin another flight.
 */
final class Needs<K, V> implements Function<Flight<K, Outcome<V>>, Freshness> {
  private final MemoryCache<K, V> cache;
  private final LongSupplier nanoClock;

  Needs(MemoryCache<K, V> cache, LongSupplier nanoClock) {
    this.cache = cache;
    this.nanoClock = nanoClock;
  }

  /** A refresh needs a row that is at most half as old as the cached one, or it would repeat. */
  @Override
  public Freshness apply(Flight<K, Outcome<V>> flight) {
    Waiter<K, Outcome<V>> leader = flight.leader();
    if (leader != null) {
      return leader.handler() instanceof Call<?, ?> call ? call.needed() : Freshness.ANY;
    }
    Entry<V> cached = cache.get(flight.id());
    if (cached == null) {
      return Freshness.ANY;
    }
    long halfNanos = Math.max(0, (nanoClock.getAsLong() - cached.readNanos()) / 2);
    return new Freshness(Freshness.ANY_VERSION, halfNanos);
  }
}
