package io.loadonce.server.lock;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One load of one id, under way, with those who wait for it. Flights are told apart by identity:
 * two flights of one id are two.
 *
 * <p>Every method that is not public is called with the segment's mutex held.
 *
 * @param <K> the id
 * @param <O> the outcome
 */
public final class Flight<K, O> {
  private final K id;
  private final long beganNanos;

  /** Whose call began the flight; null for a refresh. */
  private final @Nullable Waiter<K, O> leader;

  /**
   * Whether the flight goes on without waiters, because it refreshes a cached row: it was begun for
   * that, or a waiter took the stale row instead. Never true once fenced. Guarded by the mutex.
   */
  private boolean continuesAlone;

  /**
   * In order of arrival; nearly always one. Handed out when the flight ends, and not touched from
   * then on.
   */
  private final Set<Waiter<K, O>> waiters = LinkedHashSet.newLinkedHashSet(1);

  /** How many callers have waited so far, including those that have left. Guarded by the mutex. */
  private int waited;

  /** No waiter is due earlier; it may be later, when the earliest has left. */
  private long earliestDueNanos;

  /** When the last waiter left, or when the flight began; meaningful while there is no waiter. */
  private long emptySinceNanos;

  /**
   * The newest outcome that an older, fenced flight of the id has brought since this one began.
   * Guarded by the mutex.
   */
  private @Nullable O overtaking;

  /**
   * When the flight entered the queue. Written before it is put there and read after it was taken
   * out; the mutex of the queue lies between.
   */
  private long queuedNanos;

  /** Once true, always true. Written with the mutex held. */
  private volatile boolean over;

  /**
   * @param leader whose call begins the flight; null for a refresh, which goes on without waiters
   */
  Flight(K id, long beganNanos, @Nullable Waiter<K, O> leader) {
    this.id = id;
    this.beganNanos = beganNanos;
    this.leader = leader;
    this.emptySinceNanos = beganNanos;
    this.continuesAlone = leader == null;
  }

  public K id() {
    return id;
  }

  /** Whose call began the flight, and may have left since; null for a refresh. For any thread. */
  public @Nullable Waiter<K, O> leader() {
    return leader;
  }

  /** When the flight began, on the clock of the table. For any thread. */
  public long beganNanos() {
    return beganNanos;
  }

  /** The flight enters the queue. For the thread that puts it there, before it does. */
  public void queued(long nowNanos) {
    queuedNanos = nowNanos;
  }

  /** When the flight entered the queue last. For the thread that takes it out. */
  public long queuedNanos() {
    return queuedNanos;
  }

  /** Whether the flight has ended, so that its load is of no use any more. For any thread. */
  public boolean isOver() {
    return over;
  }

  /**
   * How many callers have waited, including those that left before the flight ended; 0 while it is
   * under way. For any thread.
   */
  public int waited() {
    return over ? waited : 0;
  }

  /** What a fenced flight brings is not kept, so it refreshes nothing. */
  void fence() {
    continuesAlone = false;
  }

  /** A fenced flight has brought a row: this flight must not publish an older one. */
  void overtake(O outcome, Publication<O> publication) {
    overtaking = newest(outcome, publication);
  }

  /** The flight's own outcome, or what has overtaken it if that is newer. */
  O newest(O own, Publication<O> publication) {
    return overtaking == null ? own : publication.newer(own, overtaking);
  }

  int waiters() {
    return waiters.size();
  }

  long ageNanos(long nowNanos) {
    return nowNanos - beganNanos;
  }

  /** Whether the flight has been without a waiter for so long, and needs one to go on. */
  boolean isAbandoned(long nowNanos, long afterNanos) {
    return !continuesAlone && waiters.isEmpty() && nowNanos - emptySinceNanos >= afterNanos;
  }

  void add(Waiter<K, O> waiter) {
    if (waiters.isEmpty() || waiter.dueNanos() - earliestDueNanos < 0) {
      earliestDueNanos = waiter.dueNanos();
    }
    waiters.add(waiter);
    waited++;
  }

  /** Returns whether the waiter was still waiting. */
  boolean remove(Waiter<K, O> waiter, long nowNanos) {
    boolean waited = !over && waiters.remove(waiter);
    if (waited) {
      emptySinceNanos = nowNanos;
    }
    return waited;
  }

  /**
   * Takes out the waiters that are due and get an outcome.
   *
   * @param mayContinueAlone whether the flight goes on without waiters once one has left at its
   *     soft deadline
   */
  void removeDue(long nowNanos, boolean mayContinueAlone, SweepResult<K, O> swept) {
    if (waiters.isEmpty() || nowNanos - earliestDueNanos < 0) {
      return;
    }
    long earliest = Long.MAX_VALUE;
    for (Iterator<Waiter<K, O>> all = waiters.iterator(); all.hasNext(); ) {
      Waiter<K, O> waiter = all.next();
      O outcome = waiter.dueNanos() - nowNanos <= 0 ? waiter.outcomeWhenDue(nowNanos) : null;
      if (outcome == null) {
        earliest = Math.min(earliest, waiter.dueNanos() - nowNanos);
        continue;
      }
      all.remove();
      emptySinceNanos = nowNanos;
      continuesAlone |= mayContinueAlone && waiter.hasSoftDeadline();
      swept.departed().add(new SweepResult.Departed<>(waiter, outcome));
    }
    earliestDueNanos = nowNanos + earliest;
  }

  /** Ends the flight and hands out its waiters, for the caller to answer. */
  Set<Waiter<K, O>> end() {
    over = true;
    return waiters;
  }
}
