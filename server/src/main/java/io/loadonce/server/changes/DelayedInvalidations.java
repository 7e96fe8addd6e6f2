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
 * What is forgotten now and once more later: the delayed double delete.
 *
 * <p>Guarantee: the second time comes no sooner than asked for, and at the next {@link #sweep}
 * after that. Non-guarantee: that it comes at all, if the process ends before.
 *
 * <p>Bounded by {@link #MAX_PENDING_IDS}. Never blocks; safe for use by many threads.
 */
public final class DelayedInvalidations {
  private static final Logger log = LoggerFactory.getLogger(DelayedInvalidations.class);

  /** The longest that the second time may be put off. */
  public static final Duration MAX_DELAY = Duration.ofMinutes(1);

  /** The most ids that may wait for their second time; everything counts as one. */
  public static final int MAX_PENDING_IDS = 100_000;

  private final LongSupplier nanoClock;
  private final Executor executor;
  private final ReentrantLock mutex = new ReentrantLock();

  @GuardedBy("mutex")
  private final PriorityQueue<Repeat> byDue =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos() - b.dueNanos()));

  /** Those in the queue, those that are about to enter it, and those that are being repeated. */
  @GuardedBy("mutex")
  private int pendingIds;

  /**
   * @param nanoClock monotonic, in nanoseconds
   * @param executor runs what is due; the sweep goes on meanwhile
   */
  public DelayedInvalidations(LongSupplier nanoClock, Executor executor) {
    this.nanoClock = nanoClock;
    this.executor = executor;
  }

  /**
   * Runs an action now, and once more after a delay.
   *
   * @param delay more than zero, at most {@link #MAX_DELAY}
   * @param ids how many ids the action holds on to, at least 1
   * @return what it returned the first time; null if too many wait already: it was not run then
   */
  public <T> @Nullable T twice(Supplier<T> action, Duration delay, int ids) {
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

  /** Starts what is due. To be called every few milliseconds, by one thread. */
  public void sweep() {
    List<Repeat> due = takeDue(nanoClock.getAsLong());
    if (!due.isEmpty()) {
      executor.execute(() -> due.forEach(this::run));
    }
  }

  /** How many ids wait for their second time; a snapshot. Zero when idle. */
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
      log.error("a repeated invalidation failed", e);
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
