package io.loadonce.server.changes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidations that run now and a second time later: the delayed double delete.
 *
 * <p>Guarantee: the second run starts at the first {@link #sweep} after the delay, and not earlier.
 * Non-guarantee: a process that ends before does not run it.
 *
 * <p>Bounded by {@link #MAX_PENDING_IDS}. Never blocks; safe for use by many threads.
 */
public final class DelayedInvalidations {
  private static final Logger log = LoggerFactory.getLogger(DelayedInvalidations.class);

  /** The longest delay of a second run. */
  public static final Duration MAX_DELAY = Duration.ofMinutes(1);

  /** The most ids with a pending second run; an invalidation of everything counts as one. */
  public static final int MAX_PENDING_IDS = 100_000;

  private final LongSupplier nanoClock;
  private final Executor executor;
  private final ReentrantLock mutex = new ReentrantLock();

  @GuardedBy("mutex")
  private final PriorityQueue<Repeat> byDue =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos() - b.dueNanos()));

  /** The ids in the queue, about to enter it, or in a second run that has not ended. */
  @GuardedBy("mutex")
  private int pendingIds;

  /**
   * @param nanoClock monotonic, in nanoseconds
   * @param executor runs what is due, while the sweep goes on
   */
  public DelayedInvalidations(LongSupplier nanoClock, Executor executor) {
    this.nanoClock = nanoClock;
    this.executor = executor;
  }

  /**
   * Runs an action now and a second time after the delay.
   *
   * @param delay more than zero, at most {@link #MAX_DELAY}
   * @param ids how many ids the action keeps in memory, at least 1
   * @return the result of the first run; null if too many ids are pending, and then the action was
   *     not run
   */
  public <T> @Nullable T runTwice(Supplier<T> action, Duration delay, int ids) {
    if (!reserve(ids)) {
      return null;
    }
    boolean queued = false;
    try {
      T result = action.get();
      add(new Repeat(nanoClock.getAsLong() + delay.toNanos(), ids, action));
      queued = true;
      return result;
    } finally {
      if (!queued) {
        release(ids);
      }
    }
  }

  /** Starts the second runs that are due. To be called every few milliseconds, by one thread. */
  public void sweep() {
    List<Repeat> due = takeDue(nanoClock.getAsLong());
    if (!due.isEmpty()) {
      executor.execute(() -> due.forEach(this::run));
    }
  }

  /** Returns how many ids have a pending second run; a snapshot. */
  public int pendingIds() {
    mutex.lock();
    try {
      return pendingIds;
    } finally {
      mutex.unlock();
    }
  }

  private void run(Repeat repeat) {
    try {
      var _ = repeat.action().get();
    } catch (RuntimeException | Error e) {
      log.error(
          "the second run of an invalidation of {} ids failed; it is not tried again",
          repeat.ids(),
          e);
    } finally {
      release(repeat.ids());
    }
  }

  private List<Repeat> takeDue(long nowNanos) {
    mutex.lock();
    try {
      List<Repeat> due = new ArrayList<>();
      while (!byDue.isEmpty() && byDue.element().dueNanos() - nowNanos <= 0) {
        due.add(byDue.remove());
      }
      return due;
    } finally {
      mutex.unlock();
    }
  }

  private void add(Repeat repeat) {
    mutex.lock();
    try {
      byDue.add(repeat);
    } finally {
      mutex.unlock();
    }
  }

  private boolean reserve(int ids) {
    mutex.lock();
    try {
      if (pendingIds + ids > MAX_PENDING_IDS) {
        return false;
      }
      pendingIds += ids;
      return true;
    } finally {
      mutex.unlock();
    }
  }

  private void release(int ids) {
    mutex.lock();
    try {
      pendingIds -= ids;
    } finally {
      mutex.unlock();
    }
  }

  private record Repeat(long dueNanos, int ids, Supplier<?> action) {}
}
