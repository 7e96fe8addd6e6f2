package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lock.Flight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last stage: flights that wait for a connection, and the queries that are under way. A free
 * connection takes all queued ids at once, or a single one. While all connections are busy, ids are
 * queued and go together into the next query. No timer makes an id wait for others.
 *
 * <p>Safe for use by many threads. {@link #add} never blocks; queries run on the threads of {@link
 * Loaders}.
 */
final class LoadQueue<K, V> implements Stage<K, V> {

  /** One query under way and the flights that it is for. */
  private record Load<K, V>(SourceQuery<K, V> query, int ids, List<Flight<K, Outcome<V>>> flights) {
    boolean isOver() {
      return flights.stream().allMatch(Flight::isOver);
    }
  }

  private final Source<K, V> source;
  private final Loaders loaders;
  private final Loaders.Backlog<Flight<K, Outcome<V>>> waiting;
  private final Availability availability;
  private final FlightEnd<K, V> flightEnd;
  private final LongSupplier nanoClock;

  private final LongAdder queries = new LongAdder();
  private final LongAdder idsLoaded = new LongAdder();
  private final AtomicLong loadNanos = new AtomicLong(Duration.ofMillis(1).toNanos());

  private final Object mutex = new Object();

  /** By identity. A load that was cancelled is not in here any more. */
  @GuardedBy("mutex")
  private final Set<Load<K, V>> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

  LoadQueue(Source<K, V> source, Shared shared, FlightEnd<K, V> flightEnd, LongSupplier nanoClock) {
    this.source = source;
    this.loaders = shared.loaders();
    this.waiting = loaders.backlog(source.maxIdsPerQuery(), source.connections(), this::load);
    this.availability = shared.availability();
    this.flightEnd = flightEnd;
    this.nanoClock = nanoClock;
  }

  @Override
  public void add(Collection<Flight<K, Outcome<V>>> flights) {
    if (!flights.isEmpty()) {
      waiting.add(flights);
    }
  }

  /** Queries are cancelled on threads of their own, since a database may not answer even that. */
  @Override
  public void dropOver() {
    List<Load<K, V>> over;
    synchronized (mutex) {
      over = underWay.stream().filter(Load::isOver).toList();
      over.forEach(underWay::remove);
    }
    waiting.removeIf(Flight::isOver);
    for (Load<K, V> load : over) {
      Thread.ofVirtual().name("canceller").start(load.query()::cancel);
    }
    loaders.startMissing();
  }

  /**
   * Looks at the ids queued for this lookup only. Other lookups that share the connections may have
   * ids queued at the same time; the refresh then takes its turn among them.
   */
  @Override
  public boolean hasRoomForRefreshes() {
    return waiting.size() < source.maxIdsPerQuery();
  }

  /** How long a query took recently: a moving average. */
  long loadNanos() {
    return loadNanos.get();
  }

  /** How many queries were sent since the start. */
  long queries() {
    return queries.sum();
  }

  /** How many ids those queries were for. */
  long idsLoaded() {
    return idsLoaded.sum();
  }

  private void load(List<Flight<K, Outcome<V>>> flights) {
    long readNanos = nanoClock.getAsLong();
    try {
      // An id can be here twice: a fenced flight, and the one that began after it.
      List<K> ids = flights.stream().map(Flight::id).distinct().toList();
      run(new Load<>(source.query(ids), ids.size(), flights), readNanos);
    } catch (Throwable t) { // the waiters must be answered after any error
      SourceException reason = new SourceException.QueryFailed("the load failed", t);
      availability.ended(reason);
      completeAll(flights, new Outcome.Failed<>(reason), readNanos);
    }
  }

  private void run(Load<K, V> load, long readNanos) {
    synchronized (mutex) {
      underWay.add(load);
    }
    try {
      queries.increment();
      idsLoaded.add(load.ids());
      Map<K, SourceRow<V>> rows = load.query().run();
      long tookNanos = nanoClock.getAsLong() - readNanos;
      loadNanos.accumulateAndGet(tookNanos, (average, took) -> average + (took - average) / 8);
      availability.ended(/* failure= */ null);
      List<Flight<K, Outcome<V>>> notRead = new ArrayList<>();
      for (Flight<K, Outcome<V>> flight : load.flights()) {
        if (rows.get(flight.id()) instanceof SourceRow.NotRead<V>) {
          notRead.add(flight);
          continue;
        }
        long rowAgeNanos = ageNanos(rows.get(flight.id()));
        flightEnd.complete(
            flight, outcomeOf(rows.get(flight.id()), tookNanos), readNanos - rowAgeNanos);
      }
      idsLoaded.add(-notRead.stream().map(Flight::id).distinct().count());
      add(notRead);
    } catch (SourceException e) {
      // A load that was cancelled fails because of that, which says nothing about the database.
      if (!load.isOver()) {
        availability.ended(e);
      }
      completeAll(load.flights(), new Outcome.Failed<>(e), readNanos);
    } finally {
      synchronized (mutex) {
        underWay.remove(load);
      }
    }
  }

  private void completeAll(
      List<Flight<K, Outcome<V>>> flights, Outcome<V> outcome, long readNanos) {
    for (Flight<K, Outcome<V>> flight : flights) {
      flightEnd.complete(flight, outcome, readNanos);
    }
  }

  /** How much of its time to live a row has used up already when the source reads it. */
  private static long ageNanos(@Nullable SourceRow<?> row) {
    return row instanceof SourceRow.Found<?> found ? found.ageNanos() : 0;
  }

  private static <V> Outcome<V> outcomeOf(@Nullable SourceRow<V> row, long tookNanos) {
    return switch (row) {
      case null -> new Outcome.Missing<>(Outcome.Origin.LOADED, tookNanos);
      case SourceRow.Found<V>(V value, long version, long rowAgeNanos) ->
          new Outcome.Found<>(value, version, Outcome.Origin.LOADED, rowAgeNanos + tookNanos);
      case SourceRow.Unusable<V>(SourceException reason) -> new Outcome.Failed<>(reason);
      case SourceRow.NotRead<V> _ -> throw new IllegalStateException("it is queried again");
    };
  }
}
