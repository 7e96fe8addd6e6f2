package io.loadonce.server.load;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Compromise;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.JoinResult;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.JoinResult.Joined;
import io.loadonce.server.lock.JoinResult.Rejected;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.SweepResult;
import io.loadonce.server.lock.SweepResult.Settled;
import io.loadonce.server.lock.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers lookups from memory and, when it must ask the database, asks once, however many callers
 * want that id at the same moment.
 *
 * <p>Guarantees. One flight asks for an id once, and everyone who joined it gets that outcome,
 * value or error. No caller's cancellation or deadline reaches a query while another caller waits
 * for it; when nobody waits and nothing in memory is refreshed by it, the query is cancelled. After
 * {@link #invalidate} has returned, no later lookup gives anything read before. A waiter is
 * answered, or has withdrawn, at its deadline, whatever the database does, provided that {@link
 * #sweep} is called often. Non-guarantee: one query for an id for ever; an id that fails, expires
 * or is pushed out of memory is asked for again.
 *
 * <p>Nothing here blocks but {@link #await}. Safe for use by many threads; no null anywhere; times
 * are on the clock given at construction. Callbacks run on whatever thread has the outcome, the
 * caller's included, and must not block.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public final class LoadOnce<K, V> {
  /** A longer wait is taken for this one; a flight does not last as long. */
  public static final Duration MAX_WAIT = Duration.ofHours(1);

  /** For a caller who takes whatever version there is. */
  public static final long ANY_VERSION = Long.MIN_VALUE;

  private final MemoryCache<K, V> cache;
  private final FlightTable<K, Outcome<V>> lock;
  private final LoadQueue<K, V> queue;
  private final FreshnessPolicy<V> judge;
  private final Landing<K, V> landing;
  private final StaleOnError<K, V> staleOnError;
  private final FeedState hearing = new FeedState();
  private final LongSupplier nanoClock;
  private final Duration loadTimeout;
  private final LookupCounts counts = new LookupCounts();

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  public LoadOnce(
      MemoryCache<K, V> cache,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      Source<K, V> source,
      LongSupplier nanoClock) {
    this(cache, loadSettings, lockSettings, source, nanoClock, LoaderThreads.SHARED);
  }

  /**
   * @param threads for the loaders
   */
  LoadOnce(
      MemoryCache<K, V> cache,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      Source<K, V> source,
      LongSupplier nanoClock,
      Executor threads) {
    this.cache = cache;
    this.lock = new FlightTable<>(lockSettings);
    this.judge = new FreshnessPolicy<>(loadSettings, hearing);
    this.staleOnError = new StaleOnError<>(loadSettings, cache, judge, nanoClock);
    this.landing = new Landing<>(cache, lock, staleOnError, nanoClock);
    this.queue = new LoadQueue<>(threads, source, nanoClock, landing, staleOnError);
    this.nanoClock = nanoClock;
    this.loadTimeout = lockSettings.loadTimeout();
  }

  /**
   * The first look: what memory has for the id, or null. Takes no lock, unless the entry is due to
   * be read again in the background.
   *
   * @param minVersion an older row is taken for none; {@link #ANY_VERSION} for any
   */
  public @Nullable Outcome<V> look(K id, long minVersion) {
    return look(id, minVersion, nanoClock.getAsLong());
  }

  /**
   * Joins the load of an id, or begins it; for whoever looked and found nothing. A caller who may
   * be given an old row while the database cannot be reached is given it at once, if that is known,
   * and after half of its time-out, if the load has not ended by then; the load goes on.
   *
   * @param minVersion as for the look. If the flight that the caller joins ends with an older row,
   *     it may have read too early; the caller then joins another, with all who need that
   * @param timeout how long the caller waits
   * @param caller given the outcome once, unless it withdraws first
   */
  public Withdrawal join(K id, long minVersion, Duration timeout, Consumer<Outcome<V>> caller) {
    List<Flight<K, Outcome<V>>> began = new ArrayList<>(1);
    Withdrawal withdrawal = join(id, minVersion, timeout, caller, began);
    queue.add(began);
    return withdrawal;
  }

  /**
   * Looks up many ids; those that are not in memory are loaded together. An id that is named twice
   * is answered twice and loaded once.
   *
   * @param minVersion as for the look, for each
   * @param timeout how long the caller waits for each
   * @param caller given each outcome with the place of its id among them
   * @return how those that were not in memory give up
   */
  public List<Withdrawal> getAll(
      List<K> ids, long minVersion, Duration timeout, ObjIntConsumer<Outcome<V>> caller) {
    List<Flight<K, Outcome<V>>> began = new ArrayList<>();
    List<Withdrawal> withdrawals = new ArrayList<>();
    long nowNanos = nanoClock.getAsLong();
    try {
      for (int i = 0; i < ids.size(); i++) {
        int place = i;
        Outcome<V> hit = look(ids.get(i), minVersion, nowNanos);
        if (hit == null) {
          withdrawals.add(
              join(
                  ids.get(i),
                  minVersion,
                  timeout,
                  outcome -> caller.accept(outcome, place),
                  began));
        } else {
          caller.accept(hit, place);
        }
      }
    } finally {
      queue.add(began);
    }
    return withdrawals;
  }

  /**
   * Looks an id up and waits for the outcome. Blocks for the timeout at most.
   *
   * @throws InterruptedException if the thread is interrupted; the call has withdrawn then
   */
  public Outcome<V> await(K id, Duration timeout) throws InterruptedException {
    Outcome<V> hit = look(id, ANY_VERSION);
    if (hit != null) {
      return hit;
    }
    CompletableFuture<Outcome<V>> answer = new CompletableFuture<>();
    Withdrawal withdrawal = join(id, ANY_VERSION, timeout, answer::complete);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is never an exception", e);
    } finally {
      withdrawal.withdraw();
    }
  }

  /**
   * Forgets an id, and what is being loaded for it: those who wait are still answered, nothing is
   * kept.
   */
  public Invalidated invalidate(K id) {
    boolean[] removed = new boolean[1];
    boolean fenced = lock.fence(id, () -> removed[0] = cache.remove(id));
    return new Invalidated(removed[0], fenced);
  }

  /**
   * Forgets everything, as {@link #invalidate} does one id.
   *
   * @return about how many entries were removed, and how many flights were fenced
   */
  public InvalidatedAll invalidateAll() {
    long[] removed = new long[1];
    int fenced = lock.fenceAll(() -> removed[0] = cache.removeAll());
    return new InvalidatedAll(removed[0], fenced);
  }

  /**
   * Answers those whose deadline or whose load's time has passed, and cancels the queries in which
   * nobody is interested any more. To be called every few milliseconds, by one thread.
   */
  public void sweep() {
    SweepResult<K, Outcome<V>> swept =
        lock.sweep(nanoClock.getAsLong(), /* mayGoOn= */ queue.hasRoomForRefreshes());
    for (Waiter<K, Outcome<V>> waiter : swept.late()) {
      Landing.answer(waiter, new TimedOut<>());
    }
    for (Settled<K, Outcome<V>> settled : swept.settled()) {
      Landing.answer(settled.waiter(), settled.outcome());
    }
    if (!swept.overdue().isEmpty()) {
      SourceException reason = tooLong();
      staleOnError.failed(reason);
      swept.overdue().stream().map(Flight::id).forEach(landing::postponeRefresh);
      Outcome<V> tooLong = new Failed<>(reason);
      for (Waiter<K, Outcome<V>> waiter : swept.stranded()) {
        Landing.answer(waiter, staleOnError.afterLoad(waiter.id(), tooLong));
      }
    }
    queue.cancelUnwanted();
    queue.startWanted();
  }

  /** For whoever listens to the database: memory is believed as long as it hears of changes. */
  public FeedState feedState() {
    return hearing;
  }

  public LookupCounts counts() {
    return counts;
  }

  /** How many queries were sent since the start. */
  public long queries() {
    return queue.queries();
  }

  /** How many ids those queries asked for. */
  public long idsLoaded() {
    return queue.idsLoaded();
  }

  /** How many loads are under way; a snapshot. */
  public int flights() {
    return lock.flights();
  }

  /** How many callers wait; a snapshot. */
  public int waiters() {
    return lock.waiters();
  }

  /** Whether the last load to end could not reach the database; a snapshot. */
  public boolean isDatabaseUnreachable() {
    return staleOnError.isUnreachable();
  }

  /** How many loaders there are, at most one for each connection; a snapshot. */
  public int busyLoaders() {
    return queue.loaders();
  }

  private @Nullable Outcome<V> look(K id, long minVersion, long nowNanos) {
    Entry<V> entry = cache.get(id);
    Outcome<V> outcome = judge.usable(entry, minVersion, nowNanos);
    if (entry == null || outcome == null) {
      return null;
    }
    if (judge.isRefreshDue(entry, nowNanos, queue.loadNanos())) {
      refresh(id, nowNanos);
    }
    counts.add(outcome);
    return outcome;
  }

  private Withdrawal join(
      K id,
      long minVersion,
      Duration timeout,
      Consumer<Outcome<V>> caller,
      List<Flight<K, Outcome<V>>> began) {
    if (!timeout.isPositive()) {
      counts.add(Ending.TIMED_OUT);
      caller.accept(new TimedOut<>());
      return () -> false;
    }
    Duration bounded = timeout.compareTo(MAX_WAIT) < 0 ? timeout : MAX_WAIT;
    long nowNanos = nanoClock.getAsLong();
    long deadlineNanos = nowNanos + bounded.toNanos();
    Consumer<Outcome<V>> counted =
        outcome -> {
          counts.add(outcome);
          caller.accept(outcome);
        };
    Outcome<V> old = staleOnError.atOnce(id, minVersion, nowNanos);
    if (old != null) {
      refreshIfDue(id, nowNanos);
      counted.accept(old);
      return () -> false;
    }
    Compromise<Outcome<V>> halfway = staleOnError.halfway(id, minVersion, nowNanos, bounded);
    if (minVersion == ANY_VERSION) {
      Waiter<K, Outcome<V>> waiter = new Waiter<>(id, deadlineNanos, halfway, counted);
      enter(waiter, minVersion, began);
      return () -> withdraw(waiter);
    }
    return demand(id, minVersion, deadlineNanos, halfway, counted, began);
  }

  private Withdrawal demand(
      K id,
      long minVersion,
      long deadlineNanos,
      @Nullable Compromise<Outcome<V>> halfway,
      Consumer<Outcome<V>> counted,
      List<Flight<K, Outcome<V>>> began) {
    Demand<K, V> demand = new Demand<>(minVersion, counted, again -> enter(again, minVersion));
    Waiter<K, Outcome<V>> waiter = demand.waiter(id, deadlineNanos, halfway);
    enter(waiter, minVersion, began);
    return () -> {
      demand.leave();
      return withdraw(waiter);
    };
  }

  private boolean withdraw(Waiter<K, Outcome<V>> waiter) {
    long nowNanos = nanoClock.getAsLong();
    boolean waited = lock.withdraw(waiter, nowNanos);
    if (waited) {
      boolean late = nowNanos - waiter.deadlineNanos() >= 0;
      counts.add(late ? Ending.TIMED_OUT : Ending.CANCELLED);
    }
    return waited;
  }

  private void enter(
      Waiter<K, Outcome<V>> waiter, long minVersion, List<Flight<K, Outcome<V>>> began) {
    long nowNanos = nanoClock.getAsLong();
    switch (lock.join(waiter, id -> judge.usable(cache.get(id), minVersion, nowNanos), nowNanos)) {
      case Began<K, Outcome<V>, Outcome<V>>(Flight<K, Outcome<V>> flight) -> began.add(flight);
      case Joined<K, Outcome<V>, Outcome<V>> _ -> {}
      case Hit<K, Outcome<V>, Outcome<V>>(Outcome<V> found) -> Landing.answer(waiter, found);
      case Rejected<K, Outcome<V>, Outcome<V>>(JoinResult.Cap cap) ->
          Landing.answer(
              waiter,
              staleOnError.ratherThan(
                  new Refused<>(capOf(cap)), waiter.id(), minVersion, nowNanos));
    }
  }

  private void enter(Waiter<K, Outcome<V>> waiter, long minVersion) {
    List<Flight<K, Outcome<V>>> began = new ArrayList<>(1);
    enter(waiter, minVersion, began);
    queue.add(began);
  }

  private void refreshIfDue(K id, long nowNanos) {
    Entry<V> entry = cache.get(id);
    if (entry != null && judge.isRefreshDue(entry, nowNanos, queue.loadNanos())) {
      refresh(id, nowNanos);
    }
  }

  private void refresh(K id, long nowNanos) {
    if (!queue.hasRoomForRefreshes()) {
      return;
    }
    Flight<K, Outcome<V>> flight = lock.beginRefresh(id, nowNanos);
    if (flight != null) {
      queue.add(List.of(flight));
    }
  }

  private static Outcome.Cap capOf(JoinResult.Cap cap) {
    return switch (cap) {
      case WAITERS_PER_ID -> Outcome.Cap.WAITERS_PER_ID;
      case WAITERS -> Outcome.Cap.WAITERS;
    };
  }

  private SourceException tooLong() {
    return new SourceException.Unavailable(
        "the database did not answer within %d ms".formatted(loadTimeout.toMillis()),
        /* cause= */ null);
  }
}
