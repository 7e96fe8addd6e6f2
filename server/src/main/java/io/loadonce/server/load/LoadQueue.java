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
  private static final class Load<K, V> {
    private final SourceQuery<K, V> query;
    private final int ids;
    private final List<Flight<K, Outcome<V>>> flights;
    private final long beganNanos;

    /** How long the first flight was in the queue. */
    private final long queueNanos;

    /** Only for the thread that sweeps. */
    private boolean cancelled;

    /** Only for the thread that sweeps. */
    private boolean suspected;

    Load(SourceQuery<K, V> query, int ids, List<Flight<K, Outcome<V>>> flights, long beganNanos) {
      this.query = query;
      this.ids = ids;
      this.flights = flights;
      this.beganNanos = beganNanos;
      this.queueNanos = beganNanos - flights.getFirst().queuedNanos();
    }

    boolean isOver() {
      return flights.stream().allMatch(Flight::isOver);
    }
  }

  /** After this time a probe finds out whether the database still answers. */
  private static final Duration SUSPICIOUS = Duration.ofSeconds(1);

  /** A query may take this part of the time that callers usually have. */
  private static final int QUERY_SHARE = 4;

  /** A query may take this time, however short a time callers have. */
  private static final Duration MIN_QUERY = Duration.ofMillis(10);

  /** How much one caller moves the average of the time that callers have. */
  private static final int SMOOTHING = 16;

  private final Source<K, V> source;
  private final Loaders loaders;
  private final Loaders.Backlog<Flight<K, Outcome<V>>> waiting;
  private final Availability availability;
  private final Finish<K, V> ending;
  private final LoadStatistics<K> statistics;
  private final Duration loadTimeout;
  private final LongSupplier nanoClock;

  private final LongAdder queries = new LongAdder();
  private final LongAdder idsLoaded = new LongAdder();
  private final AtomicLong loadNanos = new AtomicLong(Duration.ofMillis(1).toNanos());
  private final QueryTimes times;

  /**
   * The time that callers have who begin loads: a moving average. It may lose an update, which does
   * no harm.
   */
  private volatile long callerNanos = Duration.ofSeconds(1).toNanos();

  private final Object mutex = new Object();

  /** By identity. */
  @GuardedBy("mutex")
  private final Set<Load<K, V>> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

  LoadQueue(
      Source<K, V> source,
      Shared shared,
      Finish<K, V> ending,
      LoadStatistics<K> statistics,
      Duration loadTimeout,
      LongSupplier nanoClock) {
    this.source = source;
    this.loaders = shared.loaders();
    this.times = new QueryTimes(source.maxIdsPerQuery());
    this.waiting = loaders.backlog(this::idsPerQuery, source.connections(), this::load);
    this.availability = shared.availability();
    this.ending = ending;
    this.statistics = statistics;
    this.loadTimeout = loadTimeout;
    this.nanoClock = nanoClock;
  }

  @Override
  public void add(Collection<Flight<K, Outcome<V>>> flights) {
    if (!flights.isEmpty()) {
      long nowNanos = nanoClock.getAsLong();
      flights.forEach(flight -> flight.queued(nowNanos));
      waiting.add(flights);
    }
  }

  /**
   * Queries are cancelled on threads of their own, since a database may not answer even that. While
   * the database is unreachable, all flights fail, those in a query that hangs included.
   */
  @Override
  public void dropOver() {
    SourceException outage = availability.outage();
    if (outage != null) {
      long nowNanos = nanoClock.getAsLong();
      completeAll(waiting.removeAll(), new Outcome.Failed<>(outage), nowNanos);
      underWay().forEach(load -> completeAll(load.flights, new Outcome.Failed<>(outage), nowNanos));
    }
    waiting.removeIf(Flight::isOver);
    underWay().forEach(this::sweep);
    loaders.startMissing();
  }

  private void sweep(Load<K, V> load) {
    long tookNanos = nanoClock.getAsLong() - load.beganNanos;
    if (!load.cancelled && load.isOver()) {
      load.cancelled = true;
      times.lasted(load.ids, tookNanos);
      Thread.ofVirtual().name("canceller").start(load.query::cancel);
    }
    if (!load.suspected && tookNanos >= SUSPICIOUS.toNanos()) {
      load.suspected = true;
      availability.requestProbe();
    }
  }

  @Override
  public SourceException.@Nullable Unavailable outage() {
    return availability.outage();
  }

  /**
   * Looks at the ids queued for this lookup only. Other lookups that share the connections may have
   * ids queued at the same time; the refresh then takes its turn among them.
   */
  @Override
  public boolean hasRoomForRefreshes() {
    return waiting.queued() < idsPerQuery() && availability.outage() == null;
  }

  /*
   * Admission by time. A queue that is longer than callers wait serves nobody: each id is loaded
   * when its caller has just left. So a call is refused at once if its row would come too late.
   *
   * With q ids ahead of it, n ids to a query, c connections at work, and T for a query of n ids,
   * q / n + 1 queries begin before its own has ended, one each T / c. The sizes of queries follow
   * the callers: a query takes a quarter of the time that callers usually have, at most, so that
   * the rows come in time where a query takes longer the more ids it is for.
   */
  @Override
  public Delay delay(int alsoAhead) {
    int idsPerQuery = idsPerQuery();
    int ahead = waiting.queued() + alsoAhead;
    if (ahead == 0 || ahead < waiting.free() * idsPerQuery) {
      return Delay.NONE;
    }
    long queryNanos = times.nanos(idsPerQuery);
    int atWork = Math.max(1, waiting.underWay() + waiting.free());
    return new Delay(queryNanos * (ahead / idsPerQuery + 1) / atWork, queryNanos);
  }

  @Override
  public void called(long timeNanos) {
    long average = callerNanos;
    callerNanos = average + (timeNanos - average) / SMOOTHING;
  }

  /** An id that still waits for a connection says nothing about the database. */
  @Override
  public void failOverdue(Collection<Flight<K, Outcome<V>>> overdue) {
    if (overdue.isEmpty()) {
      return;
    }
    Set<Flight<K, Outcome<V>>> queried = Collections.newSetFromMap(new IdentityHashMap<>());
    underWay().forEach(load -> queried.addAll(load.flights));
    SourceException reason =
        new SourceException.Unavailable(
            "the database did not answer within %d ms".formatted(loadTimeout.toMillis()),
            /* cause= */ null);
    for (Flight<K, Outcome<V>> flight : overdue) {
      Outcome<V> outcome = new Outcome.Refused<>(Outcome.Cap.QUEUE, Admission.RETRY_NANOS);
      if (queried.contains(flight)) {
        availability.ended(reason);
        outcome = new Outcome.Failed<>(reason);
      }
      ending.complete(flight, outcome, nanoClock.getAsLong());
    }
  }

  /** How long a query took recently: a moving average. */
  long loadNanos() {
    return loadNanos.get();
  }

  /** How many queries were sent since the start. */
  long queries() {
    return queries.sum();
  }

  /** How many ids those queries were for; an id that is queried again counts again. */
  long idsLoaded() {
    return idsLoaded.sum();
  }

  private int idsPerQuery() {
    return times.idsWithin(Math.max(callerNanos / QUERY_SHARE, MIN_QUERY.toNanos()));
  }

  private List<Load<K, V>> underWay() {
    synchronized (mutex) {
      return List.copyOf(underWay);
    }
  }

  private void load(List<Flight<K, Outcome<V>>> flights) {
    long readNanos = nanoClock.getAsLong();
    SourceException outage = availability.outage();
    if (outage != null) {
      completeAll(flights, new Outcome.Failed<>(outage), readNanos);
      return;
    }
    try {
      // An id can be here twice: a fenced flight, and the one that began after it.
      List<K> ids = flights.stream().map(Flight::id).distinct().toList();
      run(new Load<>(source.query(ids), ids.size(), flights, readNanos));
    } catch (Throwable t) { // the waiters must be answered after any error
      SourceException reason = new SourceException.QueryFailed("the load failed", t);
      availability.ended(reason);
      completeAll(flights, new Outcome.Failed<>(reason), readNanos);
    }
  }

  private void run(Load<K, V> load) {
    long readNanos = load.beganNanos;
    LoadObserver.Query observed = statistics.observer().queryBegins(load.flights, load.ids);
    LoadStatistics.Failure failure = LoadStatistics.Failure.QUERY_FAILED; // after any other error
    synchronized (mutex) {
      underWay.add(load);
    }
    try {
      queries.increment();
      load.flights.forEach(
          each -> statistics.queryBegins(each.id(), readNanos - each.queuedNanos()));
      Map<K, SourceRow<V>> rows = load.query.run();
      long tookNanos = nanoClock.getAsLong() - readNanos;
      int read = load.ids - notRead(rows);
      idsLoaded.add(read);
      if (read > 0) {
        times.ended(read, tookNanos);
      }
      loadNanos.accumulateAndGet(tookNanos, (average, took) -> average + (took - average) / 8);
      availability.ended(/* failure= */ null);
      List<Flight<K, Outcome<V>>> notRead = new ArrayList<>();
      for (Flight<K, Outcome<V>> flight : load.flights) {
        if (rows.get(flight.id()) instanceof SourceRow.NotRead<V>) {
          notRead.add(flight);
          continue;
        }
        long rowAgeNanos = ageNanos(rows.get(flight.id()));
        ending.complete(
            flight, outcomeOf(rows.get(flight.id()), tookNanos), readNanos - rowAgeNanos);
      }
      add(notRead);
      failure = null;
    } catch (SourceException e) {
      failure = LoadStatistics.failureOf(e);
      idsLoaded.add(load.ids);
      // A load that was cancelled fails because of that, which says nothing about the database.
      if (!load.isOver()) {
        availability.ended(e);
      }
      completeAll(load.flights, new Outcome.Failed<>(e), readNanos);
    } finally {
      synchronized (mutex) {
        underWay.remove(load);
      }
      statistics.queryEnded(load.ids, load.query.times());
      statistics.loadEnded(ended(load));
      observed.ended(failure, load.query.times());
    }
  }

  private EndedLoad<K> ended(Load<K, V> load) {
    Flight<K, Outcome<V>> first = load.flights.getFirst();
    return new EndedLoad<>(
        first.id(),
        load.ids,
        load.flights.stream().mapToInt(Flight::waited).sum(),
        nanoClock.getAsLong() - first.beganNanos(),
        load.queueNanos,
        load.query.times());
  }

  /** How many ids no query has named: their rows had no room. */
  private static <K, V> int notRead(Map<K, SourceRow<V>> rows) {
    int count = 0;
    for (SourceRow<V> row : rows.values()) {
      count += row instanceof SourceRow.NotRead<V> ? 1 : 0;
    }
    return count;
  }

  private void completeAll(
      List<Flight<K, Outcome<V>>> flights, Outcome<V> outcome, long readNanos) {
    for (Flight<K, Outcome<V>> flight : flights) {
      ending.complete(flight, outcome, readNanos);
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
