package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lock.Flight;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Flights that wait for a connection, and the queries that are under way. A free connection takes
 * what there is at once, one id if there is one; while all are busy, ids pile up and leave together
 * in the next query. No timer makes an id wait for others.
 *
 * <p>Safe for use by many threads. {@link #add} never blocks; loads run on threads of their own, at
 * most one for each connection of the source.
 */
final class LoadQueue<K, V> {

  /*
   * Loaders, and how few of them do.
   *
   * A loader is coming from when it is wanted until it takes what waits; what is added meanwhile
   * leaves with it, and so no other is wanted for that. One that has been to the database becomes
   * coming again only if those that are coming cannot carry what waits. So, whenever the mutex is
   * free,
   *
   *   either those that are coming can carry all that wait, or every connection is in use,
   *
   * and an id waits for a thread that can run, or for a connection. Where a loader could not start,
   * or ended by an error, the next sweep restores this.
   *
   * A coming loader lets others run first. If nobody stands in line for its processor, that is over
   * at once. Else what those others bring leaves with it: the busier the machine, the fewer and
   * larger the queries. This needs threads that the operating system knows; see decision 12.
   */

  /** One query under way and the flights that it is for. */
  private record Load<K, V>(SourceQuery<K, V> query, int ids, List<Flight<K, Outcome<V>>> flights) {
    boolean isUnwanted() {
      return flights.stream().allMatch(Flight::isOver);
    }
  }

  private final Executor threads;
  private final Source<K, V> source;
  private final LongSupplier nanoClock;
  private final Landing<K, V> landing;
  private final StaleOnError<K, V> staleOnError;
  private final LongAdder queries = new LongAdder();
  private final LongAdder idsLoaded = new LongAdder();

  private final AtomicLong loadNanos = new AtomicLong(Duration.ofMillis(1).toNanos());

  private final Object mutex = new Object();

  @GuardedBy("mutex")
  private final Queue<Flight<K, Outcome<V>>> waiting = new ArrayDeque<>();

  /** By identity. A load that was cancelled is not in here any more. */
  @GuardedBy("mutex")
  private final Set<Load<K, V>> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Loaders that have not taken yet what waits. With those below, at most source.connections(). */
  @GuardedBy("mutex")
  private int coming;

  /** Loaders that have taken ids and are busy with them. */
  @GuardedBy("mutex")
  private int loading;

  /**
   * @param threads where loaders run, each for as long as it has something to do; never in the
   *     thread that asks
   */
  LoadQueue(
      Executor threads,
      Source<K, V> source,
      LongSupplier nanoClock,
      Landing<K, V> landing,
      StaleOnError<K, V> staleOnError) {
    this.threads = threads;
    this.source = source;
    this.nanoClock = nanoClock;
    this.landing = landing;
    this.staleOnError = staleOnError;
  }

  /** Lets the flights be loaded: together, as far as one query reaches. */
  void add(Collection<Flight<K, Outcome<V>>> flights) {
    if (flights.isEmpty()) {
      return;
    }
    int wanted;
    synchronized (mutex) {
      waiting.addAll(flights);
      wanted = reserveMissing();
    }
    start(wanted);
  }

  /** Also for the sweep, in case that a loader could not start, or ended by an error. */
  void startWanted() {
    int wanted;
    synchronized (mutex) {
      wanted = reserveMissing();
    }
    start(wanted);
  }

  /**
   * Drops the flights, and cancels, each on a thread of its own, the queries in which nobody is
   * interested any more. To be called after each sweep of the lock, which is what ends such
   * flights.
   */
  void cancelUnwanted() {
    List<Load<K, V>> unwanted;
    synchronized (mutex) {
      unwanted = underWay.stream().filter(Load::isUnwanted).toList();
      unwanted.forEach(underWay::remove);
      waiting.removeIf(Flight::isOver);
    }
    for (Load<K, V> load : unwanted) {
      Thread.ofVirtual().name("canceller").start(load.query()::cancel);
    }
  }

  /** How long a query takes of late: a moving average. */
  long loadNanos() {
    return loadNanos.get();
  }

  /** How many queries were sent since the start. */
  long queries() {
    return queries.sum();
  }

  /** How many ids those queries asked for. */
  long idsLoaded() {
    return idsLoaded.sum();
  }

  /** Whether a refresh, for which nobody waits, would leave callers their place in the queue. */
  boolean hasRoomForRefreshes() {
    synchronized (mutex) {
      return waiting.size() < source.maxIdsPerQuery();
    }
  }

  /** How many loaders are coming or load; a snapshot. Zero when idle. */
  int loaders() {
    synchronized (mutex) {
      return coming + loading;
    }
  }

  private void loadUntilNoneWaits() {
    boolean isDone = false;
    try {
      do {
        letOthersRun();
        load(take());
      } while (continues());
      isDone = true;
    } finally {
      if (!isDone) {
        endedByError();
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing is right or wrong by it
  private static void letOthersRun() {
    Thread.yield();
  }

  /** How many more loaders must come to carry what waits; negative if too many are coming. */
  @GuardedBy("mutex")
  private int missingLoaders() {
    return Math.ceilDiv(waiting.size(), source.maxIdsPerQuery()) - coming;
  }

  /** Counts as coming all who must come; whoever calls starts them. */
  @GuardedBy("mutex")
  private int reserveMissing() {
    int wanted = Math.clamp(missingLoaders(), 0, source.connections() - coming - loading);
    coming += wanted;
    return wanted;
  }

  private void start(int reserved) {
    int started = 0;
    try {
      for (; started < reserved; started++) {
        threads.execute(this::loadUntilNoneWaits);
      }
    } finally {
      if (started < reserved) {
        notStarted(reserved - started);
      }
    }
  }

  private List<Flight<K, Outcome<V>>> take() {
    synchronized (mutex) {
      coming--;
      loading++;
      List<Flight<K, Outcome<V>>> flights = new ArrayList<>();
      while (!waiting.isEmpty() && flights.size() < source.maxIdsPerQuery()) {
        flights.add(waiting.remove());
      }
      return flights;
    }
  }

  /** Whether the loader that asks is to take again, or to end. */
  private boolean continues() {
    synchronized (mutex) {
      loading--;
      if (missingLoaders() > 0) {
        coming++;
        return true;
      }
      return false;
    }
  }

  private void notStarted(int lost) {
    synchronized (mutex) {
      coming -= lost;
    }
  }

  private void endedByError() {
    synchronized (mutex) {
      loading--;
    }
  }

  private void load(List<Flight<K, Outcome<V>>> flights) {
    if (flights.isEmpty()) {
      return;
    }
    long readNanos = nanoClock.getAsLong();
    try {
      // An id can be here twice: a fenced flight, and the one that began after it.
      List<K> ids = flights.stream().map(Flight::id).distinct().toList();
      run(new Load<>(source.query(ids), ids.size(), flights), readNanos);
    } catch (Throwable t) { // whatever it is, those who wait must hear of it
      SourceException reason = new SourceException.QueryFailed("the load failed", t);
      staleOnError.failed(reason);
      landAll(flights, new Outcome.Failed<>(reason), readNanos);
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
      staleOnError.reached();
      for (Flight<K, Outcome<V>> flight : load.flights()) {
        landing.land(flight, outcomeOf(rows.get(flight.id()), tookNanos), readNanos);
      }
    } catch (SourceException e) {
      // What was given up fails because it was, which says nothing about the database.
      if (!load.isUnwanted()) {
        staleOnError.failed(e);
      }
      landAll(load.flights(), new Outcome.Failed<>(e), readNanos);
    } finally {
      synchronized (mutex) {
        underWay.remove(load);
      }
    }
  }

  private void landAll(List<Flight<K, Outcome<V>>> flights, Outcome<V> outcome, long readNanos) {
    for (Flight<K, Outcome<V>> flight : flights) {
      landing.land(flight, outcome, readNanos);
    }
  }

  private static <V> Outcome<V> outcomeOf(@Nullable SourceRow<V> row, long ageNanos) {
    return switch (row) {
      case null -> new Outcome.Missing<>();
      case SourceRow.Found<V>(V value, long version) ->
          new Outcome.Found<>(value, version, Outcome.Origin.LOADED, ageNanos);
      case SourceRow.Unusable<V>(SourceException reason) -> new Outcome.Failed<>(reason);
    };
  }
}
