package io.loadonce.server.load;

import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.Waiter;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a flight: what it brought is published, the flight leaves the table, and everyone who
 * waited is answered. Never blocks; safe for use by many threads.
 */
final class Landing<K, V> {
  private static final Logger log = LoggerFactory.getLogger(LoadOnce.class);

  /** After a background refresh has failed, the next one waits so long. */
  private static final Duration REFRESH_RETRY = Duration.ofSeconds(1);

  private final MemoryCache<K, V> cache;
  private final FlightTable<K, Outcome<V>> lock;
  private final StaleOnError<K, V> staleOnError;
  private final LongSupplier nanoClock;

  Landing(
      MemoryCache<K, V> cache,
      FlightTable<K, Outcome<V>> lock,
      StaleOnError<K, V> staleOnError,
      LongSupplier nanoClock) {
    this.cache = cache;
    this.lock = lock;
    this.staleOnError = staleOnError;
    this.nanoClock = nanoClock;
  }

  /** Publishes first, in the same step takes the flight out of the table, and wakes last. */
  void land(Flight<K, Outcome<V>> flight, Outcome<V> outcome, long readNanos) {
    Collection<Waiter<K, Outcome<V>>> freed =
        lock.complete(
            flight,
            () -> publish(flight, newest(flight, outcome), readNanos),
            younger -> pass(flight.id(), newest(flight, outcome), younger));
    Outcome<V> led = staleOnError.afterLoad(flight.id(), newest(flight, outcome));
    Outcome<V> joined =
        led instanceof Found<V>(V value, long version, Origin origin, long ageNanos)
                && origin == Origin.LOADED
            ? new Found<>(value, version, Origin.JOINED, ageNanos)
            : led;
    for (Waiter<K, Outcome<V>> waiter : freed) {
      answer(waiter, waiter.led() ? led : joined);
    }
  }

  /**
   * What an older, fenced flight has brought meanwhile, if that is newer; fixed once it is over.
   */
  private Outcome<V> newest(Flight<K, Outcome<V>> flight, Outcome<V> own) {
    return FreshnessPolicy.newer(own, flight.overtaken());
  }

  /** Who is given a newer row by a fenced flight must find nothing older afterwards. */
  private void pass(K id, Outcome<V> outcome, @Nullable Flight<K, Outcome<V>> younger) {
    if (!(outcome instanceof Found<V> row)) {
      return;
    }
    if (younger != null) {
      younger.overtake(FreshnessPolicy.newer(row, younger.overtaken()));
    }
    cache.raise(id, row.value(), row.version());
  }

  /** For a refresh that has failed, so that a database in trouble has peace. */
  void postponeRefresh(K id) {
    cache.postponeRefresh(id, nanoClock.getAsLong() + REFRESH_RETRY.toNanos());
  }

  private void publish(Flight<K, Outcome<V>> flight, Outcome<V> outcome, long readNanos) {
    K id = flight.id();
    switch (outcome) {
      case Found<V> found -> cache.fill(id, found.value(), found.version(), readNanos);
      case Missing<V> _ -> cache.fillNotFound(id, readNanos);
      case Failed<V> _, Outdated<V> _, Refused<V> _, TimedOut<V> _ -> {
        if (flight.isRefreshing()) {
          postponeRefresh(id);
        }
      }
    }
  }

  /** One caller's broken callback must not keep the others from their answer. */
  static <K, V> void answer(Waiter<K, Outcome<V>> waiter, Outcome<V> outcome) {
    try {
      waiter.answer(outcome);
    } catch (RuntimeException | Error e) {
      log.error("a caller's callback failed", e);
    }
  }
}
