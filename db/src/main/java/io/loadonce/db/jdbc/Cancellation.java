package io.loadonce.db.jdbc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.source.SourceException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there is to cancel of a query at a moment. It is the only part of a query that two threads
 * use.
 *
 * <pre>
 *   new -- wait --> a thread waits for a connection -- begin --> a statement runs -- end --> done
 * </pre>
 *
 * A cancel before the statement runs is remembered; a cancel after its end does nothing. A
 * statement is cancelled under the mutex, and {@link #end} takes the mutex too: the connection does
 * not return to the pool while a cancel is on its way, so the cancel cannot hit the next statement.
 */
final class Cancellation {

  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final ReentrantLock mutex = new ReentrantLock();

  /** Signalled when no statement runs any more. */
  private final Condition ended = mutex.newCondition();

  @GuardedBy("mutex")
  private boolean cancelled;

  @GuardedBy("mutex")
  private @Nullable Thread waiting;

  @GuardedBy("mutex")
  private @Nullable Statement running;

  /** The current thread is about to wait for a connection. */
  void beginWait() throws SourceException {
    mutex.lock();
    try {
      requireNotCancelled();
      waiting = Thread.currentThread();
    } finally {
      mutex.unlock();
    }
  }

  /** The wait has ended, with a connection or without. */
  void endWait() {
    mutex.lock();
    try {
      waiting = null;
      if (cancelled) {
        // The interrupt was ours: it must not end what this thread does next.
        Thread.interrupted();
      }
    } finally {
      mutex.unlock();
    }
  }

  /** The statement is about to run. */
  void begin(Statement statement) throws SourceException {
    mutex.lock();
    try {
      requireNotCancelled();
      running = statement;
    } finally {
      mutex.unlock();
    }
  }

  /**
   * The statement has ended, with a result or without. Blocks while a cancel of it is on its way.
   *
   * @return whether a cancel was sent to it
   */
  boolean end() {
    mutex.lock();
    try {
      running = null;
      ended.signalAll();
      return cancelled;
    } finally {
      mutex.unlock();
    }
  }

  /**
   * Cancels the wait or the statement, now or later. May block for a round trip, and then until the
   * statement has ended.
   *
   * @param grace how long a statement may still run after that; then its connection is closed, so
   *     that a database which does not reply holds neither the connection nor its thread
   */
  void cancel(Duration grace) {
    mutex.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      if (waiting != null) {
        waiting.interrupt();
      }
      requestCancel();
      long leftNanos = grace.toNanos();
      while (running != null && leftNanos > 0) {
        leftNanos = ended.awaitNanos(leftNanos);
      }
      if (running != null) {
        running.getConnection().abort(Runnable::run);
      }
    } catch (SQLException e) {
      log.debug("a statement cannot be ended; it runs until its own time-out", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      mutex.unlock();
    }
  }

  @GuardedBy("mutex")
  private void requestCancel() {
    try {
      if (running != null) {
        running.cancel();
      }
    } catch (SQLException e) {
      log.debug("a statement cannot be cancelled", e);
    }
  }

  @GuardedBy("mutex")
  private void requireNotCancelled() throws SourceException {
    if (cancelled) {
      throw new SourceException.Unavailable("the query was cancelled", /* cause= */ null);
    }
  }
}
