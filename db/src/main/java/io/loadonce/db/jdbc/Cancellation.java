package io.loadonce.db.jdbc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.source.SourceException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

  private final ReentrantLock mutex = new ReentrantLock();

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
      return cancelled;
    } finally {
      mutex.unlock();
    }
  }

  /** Cancels the wait or the statement, now or later. May block for a round trip. */
  void cancel() {
    mutex.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      if (waiting != null) {
        waiting.interrupt();
      }
      if (running != null) {
        running.cancel();
      }
    } catch (SQLException _) {
      // The statement runs on until its own time-out; no caller waits for it.
    } finally {
      mutex.unlock();
    }
  }

  @GuardedBy("mutex")
  private void requireNotCancelled() throws SourceException {
    if (cancelled) {
      throw new SourceException.Unavailable("the query was cancelled", /* cause= */ null);
    }
  }
}
