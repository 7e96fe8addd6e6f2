package io.loadonce.server.lock;

import io.loadonce.server.lock.JoinResult.AllIsFull;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Joined;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The segmented per-ID lock: a table of the flights that are under way. The first caller for an id
 * begins its flight; later callers join it while it lasts.
 *
 * <p>Guarantees. An id has at most one flight that may publish. What a flight publishes is seen by
 * the second look of every caller who did not join it. After {@link #fence} has returned, no flight
 * that began before publishes; it may only replace an older row by its own. A waiter that leaves,
 * by {@link #withdraw} or in a {@link #sweep}, leaves nothing behind. Non-guarantees: fairness
 * between ids, and that the caller who began a flight is still there when it ends.
 *
 * <p>Nothing here blocks but for the mutex of one segment. That mutex is held for a few map
 * operations and for the short functions that are passed in: a look into the cache, a publication
 * into the cache. Those must not block and must not call the table. No parameter may be null. Safe
 * for use by many threads; times are on one monotonic clock of the caller's, in nanoseconds.
 *
 * @param <K> the id, with a hash that is spread well
 * @param <O> the outcome
 */
public final class FlightTable<K, O> {

  /*
   * Why the second look. A and B both missed in the cache, on the first look.
   *
   *   1  A  joins: no flight, so A begins one
   *   2  A  loads, publishes into the cache, ends the flight
   *   3  B  joins: no flight any more
   *   4  B  without a second look: begins another flight, the second query for one miss
   *      B  with it: finds what A published at 2, and is answered
   *
   * The second look has to happen with the mutex held in which 2 publishes and removes, or 2 fits
   * between B's look and B's beginning.
   *
   * Why the fence. L loads; W writes to the database and then invalidates.
   *
   *   1  L  reads version 1 from the database
   *   2  W  writes version 2, forgets the id in the cache: nothing there yet
   *   3  L  without a fence: publishes version 1, and it stays for a whole time to live
   *      L  with it: is no longer in the table at 3, and publishes nothing
   *
   * The same idea stands in golang.org/x/sync/singleflight as Forget and in Facebook's memcache
   * paper (NSDI 2013, section 3.2.1) as the lease.
   *
   * Why a fenced flight passes on what it brings. F1 is fenced and still on its way to the database;
   * F2 begins for the same id.
   *
   *   1  F2  reads version 2, publishes it
   *   2  W   writes version 3; its invalidation is on its way
   *   3  F1  reads version 3, answers A
   *   4  A   looks again: without the passing on, version 2
   *      A   with it: F1 has raised what was in memory, or what F2 is about to publish
   *
   * Why removal by identity. F1 is fenced; F2 begins for the same id; F1 ends. Were F1 to remove by
   * id, it would take F2 out of the table, and a third caller would begin F3 beside F2.
   */

  private final Segment<K, O>[] segments;
  private final WaiterBudget waiters;

  /**
   * @param waiters the places for waiters, which other tables may share
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  public FlightTable(LockSettings settings, WaiterBudget waiters) {
    this.waiters = waiters;
    this.segments =
        Stream.generate(() -> new Segment<K, O>(settings))
            .limit(settings.segments())
            .toArray(Segment[]::new);
  }

  /**
   * Joins the flight of the waiter's id, or begins one.
   *
   * @param secondLook looks the id up in the cache again; called with the mutex held, and only if
   *     there is no flight
   * @return what became of the call; after {@link Began} the caller must see to it that {@link
   *     #complete} is called for that flight
   */
  public JoinResult<K, O> join(
      Waiter<K, O> waiter, Function<? super K, ? extends @Nullable O> secondLook, long nowNanos) {
    if (!waiters.tryAcquire()) {
      return new AllIsFull<>();
    }
    boolean inside = false;
    try {
      JoinResult<K, O> result = segment(waiter.id()).join(waiter, secondLook, nowNanos);
      inside = result instanceof Began || result instanceof Joined;
      return result;
    } finally {
      if (!inside) {
        waiters.release(1);
      }
    }
  }

  /**
   * Begins a flight without a waiter, to refresh a cached row; it is not abandoned. Callers who
   * join meanwhile wait for it.
   *
   * @return the flight, for which the caller must see to it that {@link #complete} is called; null
   *     if one is under way
   */
  public @Nullable Flight<K, O> beginRefresh(K id, long nowNanos) {
    return segment(id).beginRefresh(id, nowNanos);
  }

  /**
   * Ends a flight. If it may still publish, its outcome is published first, and in the same step
   * the flight leaves the table. If it was fenced, its outcome may only raise what is in the cache.
   * Does nothing to a flight that has ended already.
   */
  public Completion<K, O> complete(Flight<K, O> flight, O outcome, Publication<O> publication) {
    Completion<K, O> completion = segment(flight.id()).complete(flight, outcome, publication);
    waiters.release(completion.waiters().size());
    return completion;
  }

  /**
   * Takes a waiter out of its flight. The flight goes on for the others, and for a short while if
   * there are none.
   *
   * @return true if the waiter will not be called back; false if it has been, is about to be, or
   *     never waited
   */
  public boolean withdraw(Waiter<K, O> waiter, long nowNanos) {
    boolean waited = segment(waiter.id()).withdraw(waiter, nowNanos);
    if (waited) {
      waiters.release(1);
    }
    return waited;
  }

  /**
   * Invalidates an id: a flight under way will answer those who wait for it and publish nothing,
   * and later callers begin another.
   *
   * @param forget removes the id from the cache; called with the mutex held
   * @return whether there was such a flight
   */
  public boolean fence(K id, Runnable forget) {
    return segment(id).fence(id, forget);
  }

  /**
   * Invalidates every id, as {@link #fence} does one.
   *
   * @param forget removes everything from the cache; called without a mutex, after every flight
   *     that was under way has been fenced. So it removes all that these flights have published. It
   *     may also remove what a flight publishes that began after the fence; that id is then loaded
   *     once more
   * @return how many flights were fenced
   */
  public int fenceAll(Runnable forget) {
    int underWay = 0;
    for (Segment<K, O> segment : segments) {
      underWay += segment.fenceAll();
    }
    forget.run();
    return underWay;
  }

  /**
   * Takes out the waiters whose deadline or soft deadline has passed and who get an outcome, ends
   * the flights that have been without a waiter for too long, and finds the flights that last
   * longer than a load may. An overdue flight can be joined until {@link #complete} is called for
   * it, so complete it at once. Call this often, from one thread.
   *
   * @param mayContinueAlone whether flights whose waiters leave at a soft deadline may go on
   *     without any
   */
  public SweepResult<K, O> sweep(long nowNanos, boolean mayContinueAlone) {
    SweepResult<K, O> swept = new SweepResult<>();
    for (Segment<K, O> segment : segments) {
      segment.sweep(nowNanos, mayContinueAlone, swept);
    }
    waiters.release(swept.departed().size());
    return swept;
  }

  /** The flight of an id that may publish, as it is now; null if there is none. */
  public @Nullable FlightState state(K id, long nowNanos) {
    return segment(id).state(id, nowNanos);
  }

  /** How many loads are under way; a snapshot. Zero when idle. */
  public int flights() {
    int flights = 0;
    for (Segment<K, O> segment : segments) {
      flights += segment.flights();
    }
    return flights;
  }

  private Segment<K, O> segment(K id) {
    int hash = id.hashCode();
    return segments[(hash ^ hash >>> 16) & segments.length - 1];
  }
}
