package io.loadonce.server.lock;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One load of one id, under way, with those who wait for it. Told apart by identity: two flights of
 * one id are two.
 *
 * <p>Every method that is not public is called with the segment's mutex held.
 *
 * @param <K> the id
 * @param <O> the outcome
 */
public final class Flight<K, O> {
  private final K id;
  private final long beganNanos;

  /**
   * Whether it goes on when nobody waits, because it refreshes what is in memory: begun for that,
   * or left by a waiter who took what is in memory. Once true, always true. Guarded by the mutex.
   */
  private boolean refreshing;

  /**
   * In order of arrival; nearly always one. Handed out when the flight ends, and not touched from
   * then on.
   */
  private final Set<Waiter<K, O>> waiters = LinkedHashSet.newLinkedHashSet(1);

  /** No waiter is due earlier; it may be later, when the earliest has left. */
  private long earliestDueNanos;

  /** When the last waiter left, or when it began; meaningful while there is none. */
  private long emptySinceNanos;

  /** What an older flight of the id, fenced, brought since this one began. Guarded by the mutex. */
  private @Nullable O overtaken;

  /** Once true, always true. Written with the mutex held. */
  private volatile boolean over;

  Flight(K id, long beganNanos, boolean refreshing) {
    this.id = id;
    this.beganNanos = beganNanos;
    this.emptySinceNanos = beganNanos;
    this.refreshing = refreshing;
  }

  public K id() {
    return id;
  }

  /**
   * Whether it goes on in the background when nobody waits. To be called with the mutex held: in
   * the functions that are handed to the lock.
   */
  public boolean isRefreshing() {
    return refreshing;
  }

  /** Whether the flight has ended, so that nobody is interested in its load. Any thread may ask. */
  public boolean isOver() {
    return over;
  }

  /**
   * The newest outcome that an older, fenced flight of this id has brought since this one began, or
   * null. To be called with the mutex held: in the functions that are handed to the lock.
   */
  public @Nullable O overtaken() {
    return overtaken;
  }

  /** Replaces what {@link #overtaken} gives; to be called with the mutex held. */
  public void overtake(O outcome) {
    overtaken = outcome;
  }

  int waiters() {
    return waiters.size();
  }

  long ageNanos(long nowNanos) {
    return nowNanos - beganNanos;
  }

  /** Whether nobody has waited for so long. */
  boolean isLeft(long nowNanos, long afterNanos) {
    return waiters.isEmpty() && nowNanos - emptySinceNanos >= afterNanos;
  }

  void add(Waiter<K, O> waiter) {
    if (waiters.isEmpty() || waiter.dueNanos() - earliestDueNanos < 0) {
      earliestDueNanos = waiter.dueNanos();
    }
    waiters.add(waiter);
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
   * Takes out those whose deadline has passed, and those who take something else meanwhile.
   *
   * @param mayGoOn whether it may go on as a refresh when the latter have left
   */
  void removeDue(long nowNanos, boolean mayGoOn, SweepResult<K, O> swept) {
    if (waiters.isEmpty() || nowNanos - earliestDueNanos < 0) {
      return;
    }
    long earliest = Long.MAX_VALUE;
    for (Iterator<Waiter<K, O>> all = waiters.iterator(); all.hasNext(); ) {
      Waiter<K, O> waiter = all.next();
      if (waiter.dueNanos() - nowNanos <= 0 && release(waiter, nowNanos, mayGoOn, swept)) {
        all.remove();
        emptySinceNanos = nowNanos;
      } else {
        earliest = Math.min(earliest, waiter.dueNanos() - nowNanos);
      }
    }
    earliestDueNanos = nowNanos + earliest;
  }

  /** Returns false for a waiter who waits on, until its deadline. */
  private boolean release(
      Waiter<K, O> waiter, long nowNanos, boolean mayGoOn, SweepResult<K, O> swept) {
    O outcome = waiter.settleFor();
    if (outcome != null) {
      refreshing |= mayGoOn;
      swept.settled().add(new SweepResult.Settled<>(waiter, outcome));
      return true;
    }
    if (waiter.deadlineNanos() - nowNanos > 0) {
      return false;
    }
    swept.late().add(waiter);
    return true;
  }

  /** Ends the flight and gives up its waiters, for whoever called to answer. */
  Set<Waiter<K, O>> end() {
    over = true;
    return waiters;
  }
}
