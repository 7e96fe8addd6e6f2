package io.loadonce.server.lock;

import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Cap;
import io.loadonce.server.lock.JoinResult.Joined;
import io.loadonce.server.lock.JoinResult.Rejected;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The segmented per-ID lock: whoever comes first for an id begins its flight, and whoever comes
 * later, while it lasts, joins it.
 *
 * <p>Guarantees. An id has at most one flight that may publish. What a flight publishes is seen by
 * the second look of everyone who did not join it. After {@link #fence} has returned, no flight
 * that began before publishes; it may only replace an older row by its own. A waiter that leaves,
 * by {@link #withdraw} or in a {@link #sweep}, leaves nothing behind. Non-guarantees: fairness
 * between ids, and that the one who began a flight is still there when it ends.
 *
 * <p>Nothing here blocks but for the mutex of one segment, and that is held for a few map
 * operations and for the short functions that are handed in: a look into memory, a publication into
 * memory. Those must not block and must not come back to the lock. No null anywhere. Safe for use
 * by many threads; times are on one monotonic clock of the caller's, in nanoseconds.
 *
 * @param <K> the id, with a hash that is spread well
 * @param <O> the outcome of a flight
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
   *   3  W   writes version 3; its invalidation is on its way
   *   4  F1  reads version 3, answers A
   *   5  A   looks again: without the passing on, version 2
   *      A   with it: F1 has raised what was in memory, or what F2 is about to publish
   *
   * Why removal by identity. F1 is fenced; F2 begins for the same id; F1 ends. Were F1 to remove by
   * id, it would take F2 out of the table, and a third caller would begin F3 beside F2.
   */

  private final LockSettings settings;
  private final Segment<K, O>[] segments;

  /** Waiters that are in a flight; plus, for a moment, calls at the door. */
  private final AtomicInteger waiters = new AtomicInteger();

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  public FlightTable(LockSettings settings) {
    this.settings = settings;
    this.segments =
        Stream.generate(() -> new Segment<K, O>(settings))
            .limit(settings.segments())
            .toArray(Segment[]::new);
  }

  /**
   * Joins the flight of the waiter's id, or begins one.
   *
   * @param secondLook looks the id up in memory again; called with the mutex held, and only if
   *     there is no flight
   * @return where the caller stands now; after {@link Began} the caller must see to it that {@link
   *     #complete} is called for that flight
   */
  public <E> JoinResult<K, O, E> join(
      Waiter<K, O> waiter, Function<? super K, ? extends @Nullable E> secondLook, long nowNanos) {
    if (waiters.incrementAndGet() > settings.maxWaiters()) {
      waiters.decrementAndGet();
      return new Rejected<>(Cap.WAITERS);
    }
    boolean inside = false;
    try {
      JoinResult<K, O, E> entrance = segment(waiter.id()).join(waiter, secondLook, nowNanos);
      inside = entrance instanceof Began || entrance instanceof Joined;
      return entrance;
    } finally {
      if (!inside) {
        waiters.decrementAndGet();
      }
    }
  }

  /**
   * Begins a flight for which nobody waits, to read again what is in memory; it is not abandoned.
   * Whoever joins meanwhile waits for it.
   *
   * @return the flight, for which the caller must see to it that {@link #complete} is called; null
   *     if one is under way
   */
  public @Nullable Flight<K, O> beginRefresh(K id, long nowNanos) {
    return segment(id).beginRefresh(id, nowNanos);
  }

  /**
   * Ends a flight. If it may still publish, {@code publish} is run first, and in the same step the
   * flight leaves the table. Does nothing to a flight that has ended already.
   *
   * @param publish puts into memory what may be kept; called with the mutex held. If it throws, the
   *     flight goes on, and is to be completed again with something that does not
   * @return those who waited, for the caller to answer, each once; empty if it had ended already
   */
  public Collection<Waiter<K, O>> complete(Flight<K, O> flight, Runnable publish) {
    return complete(flight, publish, _ -> {});
  }

  /**
   * As {@link #complete(Flight, Runnable)}.
   *
   * @param pass called instead of {@code publish} if the flight was fenced, with the mutex held and
   *     before anyone is answered: given the flight of that id that may publish, or null
   */
  public Collection<Waiter<K, O>> complete(
      Flight<K, O> flight, Runnable publish, Consumer<@Nullable Flight<K, O>> pass) {
    Set<Waiter<K, O>> freed = segment(flight.id()).complete(flight, publish, pass);
    waiters.addAndGet(-freed.size());
    return freed;
  }

  /**
   * Takes a waiter out of its flight, which goes on for the others, and for a short while if there
   * are none.
   *
   * @return true if it will not be called back; false if it has been, is about to be, or never
   *     waited
   */
  public boolean withdraw(Waiter<K, O> waiter, long nowNanos) {
    boolean waited = segment(waiter.id()).withdraw(waiter, nowNanos);
    if (waited) {
      waiters.decrementAndGet();
    }
    return waited;
  }

  /**
   * Forgets an id: a flight under way will answer those who wait for it and publish nothing, and
   * whoever comes later begins another.
   *
   * @param forget removes the id from memory; called with the mutex held
   * @return whether there was such a flight
   */
  public boolean fence(K id, Runnable forget) {
    return segment(id).fence(id, forget);
  }

  /**
   * Forgets every id, as {@link #fence} does one.
   *
   * @param forget removes everything from memory; called without a mutex, after every flight that
   *     was under way has been fenced: what those published before is removed, what younger ones
   *     publish may be
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
   * Takes out of the lock the waiters whose deadline has passed or who take their {@link
   * Compromise}, the flights that last longer than a load may, and the flights for which nobody
   * waits any more. To be called often, by one thread.
   *
   * @param mayGoOn whether flights whose waiters take their compromise may go on without any
   */
  public SweepResult<K, O> sweep(long nowNanos, boolean mayGoOn) {
    SweepResult<K, O> swept = new SweepResult<>();
    for (Segment<K, O> segment : segments) {
      segment.sweep(nowNanos, mayGoOn, swept);
    }
    waiters.addAndGet(-swept.waiters());
    return swept;
  }

  /** How many loads are under way; a snapshot. Zero when idle. */
  public int flights() {
    int flights = 0;
    for (Segment<K, O> segment : segments) {
      flights += segment.flights();
    }
    return flights;
  }

  /** How many callers wait; a snapshot. Zero when idle. */
  public int waiters() {
    return waiters.get();
  }

  private Segment<K, O> segment(K id) {
    int hash = id.hashCode();
    return segments[(hash ^ hash >>> 16) & segments.length - 1];
  }
}
