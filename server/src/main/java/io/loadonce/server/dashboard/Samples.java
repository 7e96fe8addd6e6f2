package io.loadonce.server.dashboard;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.server.load.Histogram;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadStatistics.Stage;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.metrics.Alternatives;
import io.loadonce.server.metrics.Alternatives.Way;
import io.loadonce.server.request.CallCounts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What happened in each second of the last fifteen minutes, over all lookups. {@link #take} is
 * called once a second by one thread; any thread reads.
 */
final class Samples {

  static final int MAX = 15 * 60;

  /** Quantiles are those of so many seconds, since one second may have few values. */
  private static final int QUANTILE_SECONDS = 10;

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  /** The numbers of one second. */
  enum Column {
    TIME,
    HITS,
    SHARED,
    LOADED,
    JOINED,
    STALE,
    MISSING,
    FAILED,
    HIT_PERCENT,
    QUERIES,
    CACHE_ASIDE,
    NO_CACHE,
    HIT_P50,
    HIT_P99,
    WAIT_P50,
    WAIT_P99,
    QUERY_P50,
    QUERY_P99,
    FLIGHTS,
    WAITERS,
    ACTIVE,
    BYTES
  }

  /** What only grows. */
  private record Totals(
      long nanos,
      Map<Ending, Long> endings,
      long misses,
      long queries,
      long noCache,
      Histogram.Snapshot hits,
      Histogram.Snapshot waits,
      Histogram.Snapshot loads) {}

  private final Watched watched;
  private final Object mutex = new Object();

  @GuardedBy("mutex")
  private final Deque<Map<Column, Double>> rows = new ArrayDeque<>();

  /** How many rows there have been. */
  @GuardedBy("mutex")
  private long taken;

  /** The oldest first; only for the thread that takes. */
  private final Deque<Totals> recent = new ArrayDeque<>();

  Samples(Watched watched) {
    this.watched = watched;
    recent.add(totals());
  }

  /** Takes a sample. */
  void take() {
    Totals now = totals();
    Map<Column, Double> row = row(recent.getLast(), recent.getFirst(), now);
    recent.add(now);
    if (recent.size() > QUANTILE_SECONDS) {
      recent.remove();
    }
    synchronized (mutex) {
      rows.add(row);
      taken++;
      if (rows.size() > MAX) {
        rows.remove();
      }
    }
  }

  /**
   * The samples after those that a reader has.
   *
   * @param next to be passed to the next call
   * @param columns for each column, its numbers in the order of time
   */
  record Series(long next, Map<Column, List<Double>> columns) {}

  /**
   * @param since how many samples there had been at the last reading
   */
  Series since(long since) {
    List<Map<Column, Double>> newer = new ArrayList<>();
    long next;
    synchronized (mutex) {
      next = taken;
      long skipped = Math.max(0, rows.size() - Math.max(0, taken - since));
      rows.stream().skip(since > taken ? 0 : skipped).forEach(newer::add);
    }
    Map<Column, List<Double>> columns = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      columns.put(column, newer.stream().map(row -> row.getOrDefault(column, 0.0)).toList());
    }
    return new Series(next, columns);
  }

  private Map<Column, Double> row(Totals before, Totals first, Totals now) {
    double seconds = Math.max(1e-3, (now.nanos - before.nanos) / NANOS_PER_SECOND);
    Map<Column, Double> row = new EnumMap<>(Column.class);
    row.put(Column.TIME, System.currentTimeMillis() / 1000.0);
    row.put(Column.HITS, rate(before, now, Ending.MEMORY) / seconds);
    row.put(Column.SHARED, rate(before, now, Ending.SHARED) / seconds);
    row.put(Column.LOADED, rate(before, now, Ending.LOADED) / seconds);
    row.put(Column.JOINED, rate(before, now, Ending.JOINED) / seconds);
    row.put(Column.STALE, rate(before, now, Ending.STALE) / seconds);
    row.put(Column.MISSING, rate(before, now, Ending.MISSING) / seconds);
    double failed = 0;
    for (Ending ending : List.of(Ending.FAILED, Ending.REFUSED, Ending.TIMED_OUT)) {
      failed += rate(before, now, ending);
    }
    row.put(Column.FAILED, failed / seconds);
    double lookups = now.noCache - before.noCache;
    double misses = now.misses - before.misses;
    row.put(Column.HIT_PERCENT, lookups == 0 ? 0 : Math.max(0, 100 * (lookups - misses) / lookups));
    row.put(Column.QUERIES, (now.queries - before.queries) / seconds);
    row.put(Column.CACHE_ASIDE, misses / seconds);
    row.put(Column.NO_CACHE, lookups / seconds);
    put(row, Column.HIT_P50, Column.HIT_P99, now.hits.since(first.hits));
    put(row, Column.WAIT_P50, Column.WAIT_P99, now.waits.since(first.waits));
    put(row, Column.QUERY_P50, Column.QUERY_P99, now.loads.since(first.loads));
    row.put(Column.FLIGHTS, (double) watched.lookups().flights());
    row.put(Column.WAITERS, (double) watched.lookups().shared().waiters().waiters());
    row.put(Column.ACTIVE, (double) watched.pool().get().active());
    row.put(Column.BYTES, (double) sum(lookup -> lookup.cache().rowBytes()));
    row.replaceAll((_, number) -> Math.round(number * 1e3) / 1e3);
    return row;
  }

  private static void put(
      Map<Column, Double> row, Column median, Column high, Histogram.Snapshot times) {
    row.put(median, times.quantile(0.5) / NANOS_PER_MILLI);
    row.put(high, times.quantile(0.99) / NANOS_PER_MILLI);
  }

  private static double rate(Totals before, Totals now, Ending ending) {
    return now.endings.getOrDefault(ending, 0L) - before.endings.getOrDefault(ending, 0L);
  }

  private Totals totals() {
    Map<Ending, Long> endings = new EnumMap<>(Ending.class);
    for (Ending ending : Ending.values()) {
      endings.put(ending, sum(lookup -> lookup.engine().counts().count(ending)));
    }
    return new Totals(
        System.nanoTime(),
        endings,
        sum(lookup -> lookup.engine().statistics().misses()),
        sum(lookup -> lookup.engine().queries()),
        sum(lookup -> Alternatives.queries(lookup.engine(), Way.NO_CACHE)),
        watched.calls().answeredAtOnce(CallCounts.Method.GET).snapshot(),
        together(engine -> engine.statistics().waits()),
        together(engine -> engine.statistics().stage(Stage.QUERY)));
  }

  private long sum(ToLongFunction<Lookup> number) {
    return watched.lookups().all().stream().mapToLong(number).sum();
  }

  private Histogram.Snapshot together(Function<LoadOnce<?, ?>, Histogram> histogram) {
    return watched.lookups().all().stream()
        .map(lookup -> histogram.apply(lookup.engine()).snapshot())
        .reduce(Histogram.Snapshot::plus)
        .orElseThrow();
  }
}
