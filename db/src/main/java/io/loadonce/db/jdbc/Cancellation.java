package io.loadonce.db.jdbc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.source.SourceException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thing of a query that another thread may touch: what there is to cancel at a moment.
 *
 * <pre>
 *   new -- wait --> a thread waits for a connection -- begin --> a statement runs -- end --> done
 * </pre>
 *
 * A cancel that comes early is remembered; one that comes late does nothing. A statement is
 * cancelled under the mutex, and {@link #end} takes it too: while a cancel is on its way the
 * connection is not given back, so it cannot hit somebody else's statement.
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

  /** The wait is over, whatever came of it. */
  void endWait() {
    mutex.lock();
    try {
      waiting = null;
      if (cancelled) {
        // Ours: it must not reach what this thread does next.
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
   * The statement is over, whatever came of it. Blocks while a cancel of it is on its way.
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

  /** Cancels what there is now and what would come. May block for a round trip. */
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
      // The statement goes on until its own time-out; nobody waits for it any more.
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
