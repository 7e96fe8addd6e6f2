package io.loadonce.server.lock;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many callers may wait in total, over all tables that share this budget. Never blocks; safe
 * for use by many threads.
 */
public final class WaiterBudget {
  private final int max;

  /** Waiters that are in a flight, and, for a moment, calls that are being admitted. */
  private final AtomicInteger waiters = new AtomicInteger();

  /**
   * @param max at least 1
   */
  public WaiterBudget(int max) {
    if (max < 1) {
      throw new IllegalArgumentException("waiters in total must be at least 1, not " + max);
    }
    this.max = max;
  }

  /** How many callers wait; a snapshot. Zero when idle. */
  public int waiters() {
    return waiters.get();
  }

  /** Takes a place for one waiter; returns false if there is none. */
  boolean tryAcquire() {
    if (waiters.incrementAndGet() > max) {
      waiters.decrementAndGet();
      return false;
    }
    return true;
  }

  void release(int places) {
    waiters.addAndGet(-places);
  }
}
