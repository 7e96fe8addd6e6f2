package io.loadonce.server.load;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightState;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.JoinResult;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.SweepResult;
import io.loadonce.server.lock.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers lookups from the cache and, when it must query the database, queries once, however many
 * callers want that id at the same moment.
 *
 * <p>Guarantees. One flight queries an id once, and everyone who joined it gets that outcome, value
 * or error; only a caller for whom the flight read too early waits for one more. A caller that
 * cancels or times out does not stop a query for which another caller waits; when no caller waits
 * and no cached row is refreshed by it, the query is cancelled. After {@link #invalidate} has
 * returned, no later lookup returns anything read before. A waiter is answered, or has withdrawn,
 * at its deadline, whatever the database does, provided that {@link #sweep} is called often.
 * Non-guarantee: one query per id for ever; an id that fails, expires or is evicted is loaded
 * again.
 *
 * <p>Nothing here blocks but {@link #await}. Safe for use by many threads; no parameter may be
 * null; times are on the clock given at construction. Callbacks run on the thread that has the
 * outcome, which may be the caller's own, and must not block.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public final class LoadOnce<K, V> {

  /** The longest that a caller can wait; a longer timeout is cut to this. */
  public static final Duration MAX_WAIT = Duration.ofHours(1);

  private final MemoryCache<K, V> cache;
  private final FlightTable<K, Outcome<V>> table;
  private final FreshnessPolicy<V> policy;
  private final LoadQueue<K, V> queue;

  /** The queue, or the stage before it. */
  private final Stage<K, V> stage;

  private final Availability availability;
  private final FeedState feedState = new FeedState();
  private final LongSupplier nanoClock;
  private final Admission<V> admission;
  private final CachedRows<K, V> rows;
  private final LoadStatistics<K> statistics;

  /** A lookup that shares nothing with another. */
  public LoadOnce(
      MemoryCache<K, V> cache,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      Source<K, V> source,
      LongSupplier nanoClock) {
    this(
        cache,
        loadSettings,
        lockSettings,
        source,
        Shared.alone(lockSettings.maxWaiters(), source.connections()),
        nanoClock,
        /* first= */ null);
  }

  /**
   * @param shared what this lookup shares with the others of its database
   * @param nanoClock monotonic, in nanoseconds
   * @param first makes the stage before the queue; null for none
   */
  public LoadOnce(
      MemoryCache<K, V> cache,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      Source<K, V> source,
      Shared shared,
      LongSupplier nanoClock,
      @Nullable FirstStage<K, V> first) {
    this.cache = cache;
    this.availability = shared.availability();
    this.table = new FlightTable<>(lockSettings, shared.waiters());
    this.policy = new FreshnessPolicy<>(loadSettings);
    this.rows = new CachedRows<>(cache::get, feedState, policy, nanoClock);
    this.statistics = new LoadStatistics<>(nanoClock);
    cache.onEviction(id -> statistics.history().removed(id, Removal.EVICTED));
    Finish<K, V> end = new FlightEnd<>(cache, table, policy, statistics, nanoClock);
    this.queue =
        new LoadQueue<>(
            source,
            shared,
            first == null ? end : first.telling(end),
            statistics,
            lockSettings.loadTimeout(),
            nanoClock);
    this.stage = SwitchedStage.of(first, queue, end, new Needs<>(cache, nanoClock), policy);
    this.admission = new Admission<>(stage, lockSettings.loadTimeout(), policy::settings);
    this.nanoClock = nanoClock;
  }

  /**
   * The first look: what the cache has for the id, or null. Takes no lock, unless the entry is due
   * for a refresh in the background.
   *
   * @param needed an entry that is not fresh enough is a miss
   */
  public @Nullable Outcome<V> look(K id, Freshness needed) {
    return look(id, needed, nanoClock.getAsLong());
  }

  /** Like {@link #look}, but begins no refresh, so that it never causes a query. */
  public @Nullable Outcome<V> lookOnly(K id, Freshness needed) {
    long nowNanos = nanoClock.getAsLong();
    Outcome<V> outcome = rows.fresh(id, needed, nowNanos, nowNanos);
    counts().addOfCacheOnly(outcome);
    return outcome;
  }

  /**
   * Joins the flight of an id, or begins it; for a caller whose {@link #look} was a miss. A caller
   * who may be served a stale row gets it at once if the database is known to be unreachable, and
   * after half of its timeout if the load has not ended by then; the load continues as a refresh.
   *
   * @param needed as for the look. A flight that the caller joins may have read the row too early.
   *     Then the caller joins or begins one more flight of the id, together with the other waiters
   *     for which it was too early; the outcome of that flight is the answer
   * @param timeout how long the caller waits
   * @param caller receives the outcome once, unless it withdraws first
   */
  public Withdrawal join(K id, Freshness needed, Duration timeout, Consumer<Outcome<V>> caller) {
    Call<K, V> call = call(id, needed, timeout, nanoClock.getAsLong(), caller);
    load(admit(call, /* alsoAhead= */ 0));
    return call;
  }

  /**
   * Looks up many ids; those that are misses are loaded together. An id that is named twice is
   * answered twice and loaded once.
   *
   * @param needed as for the look, for each
   * @param timeout how long the caller waits for each
   * @param caller receives each outcome with the place of its id among them
   * @return a handle for each miss, with which its caller can withdraw
   */
  public List<Withdrawal> getAll(
      List<K> ids, Freshness needed, Duration timeout, ObjIntConsumer<Outcome<V>> caller) {
    List<Flight<K, Outcome<V>>> began = new ArrayList<>();
    List<Withdrawal> withdrawals = new ArrayList<>();
    long nowNanos = nanoClock.getAsLong();
    try {
      for (int i = 0; i < ids.size(); i++) {
        int place = i;
        Outcome<V> hit = look(ids.get(i), needed, nowNanos);
        if (hit != null) {
          caller.accept(hit, place);
          continue;
        }
        Call<K, V> call =
            call(ids.get(i), needed, timeout, nowNanos, outcome -> caller.accept(outcome, place));
        withdrawals.add(call);
        Flight<K, Outcome<V>> flight = admit(call, began.size());
        if (flight != null) {
          began.add(flight);
        }
      }
    } finally {
      stage.add(began);
    }
    return withdrawals;
  }

  /** Looks an id up and waits for the outcome. Blocks for the timeout at most. */
  public Outcome<V> await(K id, Duration timeout) throws InterruptedException {
    Outcome<V> hit = look(id, Freshness.ANY);
    return hit != null ? hit : new AwaitedOutcome<V>().of(this, id, timeout);
  }

  /**
   * Removes an id from the cache and fences its flight: those who wait are still answered, nothing
   * is kept.
   */
  public Invalidation invalidate(K id) {
    return invalidate(id, Removal.INVALIDATED_BY_CALLER);
  }

  public Invalidation invalidate(K id, Removal cause) {
    boolean[] removed = new boolean[1];
    boolean fenced = table.fence(id, () -> removed[0] = cache.remove(id));
    if (removed[0] || fenced) {
      statistics.history().removed(id, cause);
    }
    return new Invalidation(removed[0] ? 1 : 0, fenced ? 1 : 0);
  }

  /** Invalidates everything, as {@link #invalidate} does one id. */
  public Invalidation invalidateAll() {
    return invalidateAll(Removal.INVALIDATED_BY_CALLER);
  }

  public Invalidation invalidateAll(Removal cause) {
    long[] removed = new long[1];
    int fenced = table.fenceAll(() -> removed[0] = cache.removeAll());
    long freshNanos = cache.settings().longestFresh().toNanos();
    statistics.history().removedAll(cause, removed[0] + fenced, freshNanos);
    return new Invalidation(removed[0], fenced);
  }

  /**
   * Answers the waiters whose deadline has passed, fails the loads that take too long, and cancels
   * the queries for which no caller waits. To be called every few milliseconds, by one thread.
   */
  public void sweep() {
    long nowNanos = nanoClock.getAsLong();
    SweepResult<K, Outcome<V>> swept = table.sweep(nowNanos, stage.hasRoomForRefreshes());
    swept.departed().forEach(each -> FlightEnd.answer(each.waiter(), each.outcome()));
    swept.abandoned().forEach(each -> statistics.flightEnded(each.id(), each.waited()));
    stage.failOverdue(swept.overdue());
    stage.dropOver();
  }

  /**
   * Replaces the settings. Entries that are fresh expire by the new times; those that the switch
   * excludes are removed, and the loads under way leave nothing if the switch has changed.
   */
  public void use(CacheSettings times, LoadSettings loads) {
    if (!policy.use(loads).use().equals(loads.use())) {
      table.fenceAll(() -> cache.removeIf(id -> isExcluded(id, loads.use())));
    }
    cache.use(times, nanoClock);
  }

  /** Whether the switch takes an id out of the cache; that is recorded. */
  private boolean isExcluded(K id, CacheUse use) {
    if (use.includes(id)) {
      return false;
    }
    statistics.history().removed(id, Removal.EXCLUDED_BY_SWITCH);
    return true;
  }

  /** The settings in force. */
  public LoadSettings settings() {
    return policy.settings();
  }

  /** For the change listener: cached rows are served as fresh while the feed is connected. */
  public FeedState feedState() {
    return feedState;
  }

  public LookupCounts counts() {
    return statistics.counts();
  }

  public LoadStatistics<K> statistics() {
    return statistics;
  }

  /** The flight of an id as it is now; null if there is none. */
  public @Nullable FlightState flight(K id) {
    return table.state(id, nanoClock.getAsLong());
  }

  /** How many queries were sent since the start. */
  public long queries() {
    return queue.queries();
  }

  /** How many ids those queries were for. */
  public long idsLoaded() {
    return queue.idsLoaded();
  }

  /** How many loads are under way; a snapshot. Zero when idle. */
  public int flights() {
    return table.flights();
  }

  private @Nullable Outcome<V> look(K id, Freshness needed, long nowNanos) {
    long missedSinceNanos = feedState.missedSinceNanos(nowNanos);
    Entry<V> entry = cache.get(id);
    Outcome<V> outcome = policy.fresh(missedSinceNanos, entry, needed, nowNanos, nowNanos);
    if (entry == null || outcome == null) {
      statistics.missed(id, entry, needed, nowNanos);
      return null;
    }
    refreshIfDue(id, entry, nowNanos);
    statistics.hit(id, outcome, nowNanos);
    return outcome;
  }

  private Call<K, V> call(
      K id,
      Freshness needed,
      Duration timeout,
      long nowNanos,
      Consumer<? super Outcome<V>> caller) {
    Duration bounded = timeout.compareTo(MAX_WAIT) < 0 ? timeout : MAX_WAIT;
    long deadlineNanos = nowNanos + bounded.toNanos();
    boolean hasStale = rows.of(id, needed, nowNanos, nowNanos) != null;
    long softDeadlineNanos = hasStale ? nowNanos + bounded.toNanos() / 2 : deadlineNanos;
    return new Call<>(this, id, needed, nowNanos, deadlineNanos, softDeadlineNanos, caller);
  }

  /**
   * Answers the call or lets it wait; returns the flight that it began, to be loaded, if any.
   *
   * @param alsoAhead how many flights will be loaded before it that are not in the queue yet
   */
  private @Nullable Flight<K, Outcome<V>> admit(Call<K, V> call, int alsoAhead) {
    long nowNanos = nanoClock.getAsLong();
    if (call.waiter().deadlineNanos() - nowNanos <= 0) {
      call.answer(new Outcome.TimedOut<>());
      return null;
    }
    Outcome<V> stale = availability.isUnreachable() ? rows.of(call, nowNanos) : null;
    if (stale != null) {
      Entry<V> entry = cache.get(call.waiter().id());
      if (entry != null) {
        refreshIfDue(call.waiter().id(), entry, nowNanos);
      }
      call.answer(stale);
      return null;
    }
    return enterTable(call, alsoAhead, nowNanos);
  }

  private @Nullable Flight<K, Outcome<V>> enterTable(
      Call<K, V> call, int alsoAhead, long nowNanos) {
    Waiter<K, Outcome<V>> waiter = call.waiter();
    return switch (table.join(waiter, _ -> secondLook(call, alsoAhead, nowNanos), nowNanos)) {
      case JoinResult.Began<K, Outcome<V>>(Flight<K, Outcome<V>> flight) -> call.waitsFor(flight);
      case JoinResult.Joined<K, Outcome<V>>(Flight<K, Outcome<V>> flight) -> {
        call.waitsFor(flight);
        yield null;
      }
      case JoinResult.Hit<K, Outcome<V>>(Outcome<V> outcome) -> answered(waiter, outcome);
      case JoinResult.IdIsFull<K, Outcome<V>> _ ->
          answered(
              waiter, new Outcome.Refused<>(Outcome.Cap.WAITERS_PER_ID, Admission.RETRY_NANOS));
      case JoinResult.AllIsFull<K, Outcome<V>> _ ->
          answered(waiter, new Outcome.Refused<>(Outcome.Cap.WAITERS, Admission.RETRY_NANOS));
    };
  }

  /** For a call that would begin a flight: what answers it instead, or null. */
  private @Nullable Outcome<V> secondLook(Call<K, V> call, int alsoAhead, long nowNanos) {
    Outcome<V> hit = rows.fresh(call.waiter().id(), call.needed(), call.beganNanos(), nowNanos);
    return hit == null
        ? admission.refusal(call.waiter().deadlineNanos() - nowNanos, alsoAhead)
        : hit;
  }

  private @Nullable Flight<K, Outcome<V>> answered(
      Waiter<K, Outcome<V>> waiter, Outcome<V> outcome) {
    FlightEnd.answer(waiter, outcome);
    return null;
  }

  /** For a call whose flight ended with less than it needs: joins once more. */
  void joinAgain(Call<K, V> call) {
    load(admit(call, /* alsoAhead= */ 0));
  }

  boolean withdraw(Waiter<K, Outcome<V>> waiter) {
    return table.withdraw(waiter, nanoClock.getAsLong());
  }

  CachedRows<K, V> cachedRows() {
    return rows;
  }

  private void refreshIfDue(K id, Entry<V> entry, long nowNanos) {
    if (policy.isRefreshDue(entry, nowNanos, queue.loadNanos()) && stage.hasRoomForRefreshes()) {
      load(table.beginRefresh(id, nowNanos));
    }
  }

  private void load(@Nullable Flight<K, Outcome<V>> began) {
    if (began != null) {
      stage.add(List.of(began));
    }
  }
}
