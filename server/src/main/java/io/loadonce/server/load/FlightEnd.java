package io.loadonce.server.load;

import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.NotLoaded;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Completion;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.Publication;
import io.loadonce.server.lock.Waiter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a flight: its outcome is published, the flight leaves the table, and every waiter is
 * answered. Never blocks; safe for use by many threads.
 */
final class FlightEnd<K, V> implements Finish<K, V> {
  private static final Logger log = LoggerFactory.getLogger(FlightEnd.class);

  /** A failed load of a row delays the next background refresh of that row by this time. */
  private static final Duration REFRESH_RETRY = Duration.ofSeconds(1);

  private final MemoryCache<K, V> cache;
  private final FlightTable<K, Outcome<V>> table;
  private final FreshnessPolicy<V> policy;
  private final LoadStatistics<K> statistics;
  private final LongSupplier nanoClock;

  FlightEnd(
      MemoryCache<K, V> cache,
      FlightTable<K, Outcome<V>> table,
      FreshnessPolicy<V> policy,
      LoadStatistics<K> statistics,
      LongSupplier nanoClock) {
    this.cache = cache;
    this.table = table;
    this.policy = policy;
    this.statistics = statistics;
    this.nanoClock = nanoClock;
  }

  /**
   * Publishes first, in the same step removes the flight from the table, and answers last.
   *
   * @param readNanos when the database was queried
   */
  @Override
  public void complete(Flight<K, Outcome<V>> flight, Outcome<V> outcome, long readNanos) {
    Completion<K, Outcome<V>> completion =
        table.complete(flight, outcome, new CachePublication(flight.id(), readNanos));
    Outcome<V> led = completion.outcome();
    Outcome<V> joined =
        switch (led) {
          case Found<V>(V value, long version, Origin origin, long ageNanos)
              when origin == Origin.LOADED ->
              new Found<>(value, version, Origin.JOINED, ageNanos);
          case Missing<V> none when none.origin() == Origin.LOADED ->
              new Missing<>(Origin.JOINED, none.ageNanos());
          default -> led;
        };
    for (Waiter<K, Outcome<V>> waiter : completion.waiters()) {
      answer(waiter, waiter.led() ? led : joined);
    }
    statistics.flightEnded(flight.id(), completion.waited());
  }

  /** One caller's broken callback must not keep the other callers from their answer. */
  static <K, V> void answer(Waiter<K, Outcome<V>> waiter, Outcome<V> outcome) {
    try {
      waiter.answer(outcome);
    } catch (RuntimeException | Error e) {
      log.error("a caller's callback failed", e);
    }
  }

  /** What becomes of an outcome in the cache. */
  private final class CachePublication implements Publication<Outcome<V>> {
    private final K id;
    private final long readNanos;

    CachePublication(K id, long readNanos) {
      this.id = id;
      this.readNanos = readNanos;
    }

    @Override
    public void publish(Outcome<V> outcome) {
      if (!policy.settings().use().includes(id)) {
        return;
      }
      switch (outcome) {
        case Found<V> found -> cache.fill(id, found.value(), found.version(), readNanos);
        case Missing<V> _ -> cache.fillNotFound(id, readNanos);
        case Failed<V> _, NotLoaded<V> _, Outdated<V> _, Refused<V> _, TimedOut<V> _ ->
            cache.postponeRefresh(id, nanoClock.getAsLong() + REFRESH_RETRY.toNanos());
      }
    }

    /** A caller who got a newer row from a fenced flight must find nothing older afterwards. */
    @Override
    public boolean raise(Outcome<V> outcome) {
      if (!(outcome instanceof Found<V> row)) {
        return false;
      }
      cache.raise(id, row.value(), row.version());
      return true;
    }

    @Override
    public Outcome<V> newer(Outcome<V> own, Outcome<V> other) {
      return own instanceof Found<V> row
              && other instanceof Found<V> overtaking
              && overtaking.version() > row.version()
          ? other
          : own;
    }
  }
}
