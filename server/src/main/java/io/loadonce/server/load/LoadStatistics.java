package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.IdHistory.Cause;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Cap;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Refused;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is counted and measured about one lookup. Of the hits, only one in {@link #HITS_PER_SAMPLE}
 * is seen, so that the others pay nothing. Safe for use by many threads.
 *
 * @param <K> the id
 */
public final class LoadStatistics<K> {

  /** One hit in so many is a sample, on average. */
  public static final int HITS_PER_SAMPLE = 128;

  /** The parts of the time of a load. */
  public enum Stage {
    /** In the queue, until a query for the id begins; for each id. */
    QUEUE,
    /** Until the pool has a connection; for each query. */
    CONNECTION,
    /** From the statement to its first rows; for each query. */
    QUERY,
    /** Reading the rows and encoding them; for each query. */
    ROWS
  }

  /** Why a load failed. */
  public enum Failure {
    DATABASE_UNAVAILABLE,
    QUERY_FAILED,
    INVALID_ROW
  }

  private final LongSupplier nanoClock;
  private final LookupCounts counts = new LookupCounts();
  private final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
  private final Histogram waits = Histogram.ofTimes();
  private final Histogram ages = Histogram.ofAges();
  private final Histogram queryIds = Histogram.ofIds();
  private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
  private final Map<Cap, LongAdder> refusals = new EnumMap<>(Cap.class);
  private final Map<Miss, LongAdder> misses = new EnumMap<>(Miss.class);
  private final IdHistory history;
  private final HotIds<K> calls;
  private final HotIds<K> waiters;
  private final HotIds<K> loads;

  /** Whether the id of the next hit is to be kept for {@link #takeHit}; rarely written. */
  private volatile boolean wantsHit;

  private volatile @Nullable K hit;

  private volatile Consumer<? super EndedLoad<K>> loadListener = _ -> {};
  private volatile LoadObserver observer = LoadObserver.NONE;

  LoadStatistics(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    for (Stage stage : Stage.values()) {
      stages.put(stage, Histogram.ofTimes());
    }
    for (Failure failure : Failure.values()) {
      failures.put(failure, new LongAdder());
    }
    for (Cap cap : Cap.values()) {
      refusals.put(cap, new LongAdder());
    }
    for (Miss miss : Miss.values()) {
      misses.put(miss, new LongAdder());
    }
    this.history = new IdHistory(nanoClock);
    this.calls = new HotIds<>(nanoClock);
    this.waiters = new HotIds<>(nanoClock);
    this.loads = new HotIds<>(nanoClock);
  }

  public LookupCounts counts() {
    return counts;
  }

  /** The times of loads, in nanoseconds. */
  public Histogram stage(Stage stage) {
    return Objects.requireNonNull(stages.get(stage));
  }

  /**
   * How long the callers waited whose first look was a miss, in nanoseconds: for their answer, or
   * until they left without one.
   */
  public Histogram waits() {
    return waits;
  }

  /** The ages of the rows in the sampled hits, in nanoseconds. */
  public Histogram ages() {
    return ages;
  }

  /** The numbers of ids in a query. */
  public Histogram queryIds() {
    return queryIds;
  }

  /** How many lookups failed for this reason. */
  public long failures(Failure reason) {
    return Objects.requireNonNull(failures.get(reason)).sum();
  }

  /** How many lookups were refused because of this cap. */
  public long refusals(Cap cap) {
    return Objects.requireNonNull(refusals.get(cap)).sum();
  }

  /** How many lookups were a miss for this reason, at their first look. */
  public long misses(Miss why) {
    return Objects.requireNonNull(misses.get(why)).sum();
  }

  /** How many lookups were a miss at their first look: a cache without a lock queries for each. */
  public long misses() {
    return misses.values().stream().mapToLong(LongAdder::sum).sum();
  }

  public IdHistory history() {
    return history;
  }

  /**
   * The ids that are looked up most. The sums are samples times {@link #HITS_PER_SAMPLE}, so they
   * may be too low as well as too high.
   */
  public HotIds<K> hotByCalls() {
    return calls;
  }

  /** The ids for which most callers waited. */
  public HotIds<K> hotByWaiters() {
    return waiters;
  }

  /** The ids that were loaded most often. */
  public HotIds<K> hotByLoads() {
    return loads;
  }

  /**
   * Whether a lookup at this moment is a sample. The nanoseconds of the clock serve as the random
   * number, since they were read anyway.
   */
  static boolean isSample(long nowNanos) {
    return (nowNanos * 0x9E3779B97F4A7C15L) >>> 57 == 0;
  }

  /**
   * Returns the id of a fresh row that was a hit since the last call, or null if there was none;
   * asks for the next. To be called by one thread.
   */
  public @Nullable K takeHit() {
    K taken = hit;
    hit = null;
    wantsHit = true;
    return taken;
  }

  /** A first look was a hit. */
  void hit(K id, Outcome<?> outcome, long nowNanos) {
    counts.add(outcome);
    if (wantsHit && outcome instanceof Found<?> row && row.origin() == Origin.MEMORY) {
      wantsHit = false;
      hit = id;
    }
    if (isSample(nowNanos)) {
      calls.add(id, HITS_PER_SAMPLE);
      if (outcome instanceof Found<?> row) {
        ages.record(row.ageNanos());
      }
    }
  }

  /**
   * @param entry what the cache has for the id
   */
  void missed(K id, @Nullable Entry<?> entry, Freshness needed, long nowNanos) {
    Miss why;
    if (entry == null) {
      why = history.missedWithoutEntry(id, nowNanos);
    } else if (!entry.isFresh(nowNanos)) {
      why = Miss.EXPIRED;
      history.missed(
          id, why, nowNanos, new Cause(entry.freshUntilNanos(), /* ofEverything= */ false));
    } else {
      why = missOf(entry, needed, nowNanos);
      history.missed(id, why, nowNanos, /* cause= */ null);
    }
    Objects.requireNonNull(misses.get(why)).increment();
    if (isSample(nowNanos)) {
      calls.add(id, HITS_PER_SAMPLE);
    }
  }

  private static Miss missOf(Entry<?> fresh, Freshness needed, long nowNanos) {
    if (!needed.acceptsAge(fresh.readNanos(), nowNanos)) {
      return Miss.TOO_OLD_FOR_CALLER;
    }
    boolean isTooLow =
        fresh instanceof Entry.Row<?> row
            ? row.version() < needed.minVersion()
            : needed.needsVersion();
    return isTooLow ? Miss.VERSION_TOO_LOW : Miss.DISCONNECTED;
  }

  /** A caller whose first look was a miss has its answer; returns how long it has waited. */
  long answered(Outcome<?> outcome, long beganNanos) {
    counts.add(outcome);
    long waitedNanos = nanoClock.getAsLong() - beganNanos;
    waits.record(waitedNanos);
    if (outcome instanceof Failed<?>(SourceException reason)) {
      Objects.requireNonNull(failures.get(failureOf(reason))).increment();
    } else if (outcome instanceof Refused<?> refused) {
      Objects.requireNonNull(refusals.get(refused.cap())).increment();
    }
    return waitedNanos;
  }

  /** A caller whose first look was a miss has left without an answer. */
  void left(long beganNanos, long deadlineNanos) {
    long nowNanos = nanoClock.getAsLong();
    counts.add(nowNanos - deadlineNanos >= 0 ? Ending.TIMED_OUT : Ending.CANCELLED);
    waits.record(nowNanos - beganNanos);
  }

  /**
   * A flight has ended; once for each.
   *
   * @param waited how many callers waited for it, including those that left before it ended
   */
  void flightEnded(K id, int waited) {
    if (waited > 1) {
      waiters.add(id, waited);
    }
  }

  /**
   * @param nanos how long the id was queued
   */
  void queryBegins(K id, long nanos) {
    stage(Stage.QUEUE).record(nanos);
    loads.add(id, 1);
  }

  void queryEnded(int ids, SourceQuery.Times times) {
    queryIds.record(ids);
    stage(Stage.CONNECTION).record(times.connectionNanos());
    stage(Stage.QUERY).record(times.queryNanos());
    stage(Stage.ROWS).record(times.rowsNanos());
  }

  /** Sets what is called after each load, on the loader's thread. It must not block. */
  public void onLoad(Consumer<? super EndedLoad<K>> listener) {
    loadListener = listener;
  }

  /** Sets what sees the calls that wait and the queries, from now on. */
  public void observe(LoadObserver sees) {
    observer = sees;
  }

  LoadObserver observer() {
    return observer;
  }

  void loadEnded(EndedLoad<K> load) {
    loadListener.accept(load);
  }

  static Failure failureOf(SourceException reason) {
    return switch (reason) {
      case SourceException.Unavailable _ -> Failure.DATABASE_UNAVAILABLE;
      case SourceException.QueryFailed _ -> Failure.QUERY_FAILED;
      case SourceException.InvalidRow _ -> Failure.INVALID_ROW;
    };
  }
}
