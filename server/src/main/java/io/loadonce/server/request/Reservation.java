package io.loadonce.server.request;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The room in memory of one reply whose rows arrive one by one, or which another thread than the
 * event loop writes. Room is taken from the connection in growing pieces. Whatever happens to the
 * call, {@link #end} returns all of it.
 *
 * <p>Safe for use by many threads; never blocks but for its monitor, in which nothing waits.
 */
final class Reservation {

  /** The largest piece that is taken before it is needed, in bytes. */
  private static final long MAX_AHEAD = 64 << 10;

  /** Null in tests without a network. */
  private final @Nullable Connection connection;

  @GuardedBy("this")
  private long used;

  @GuardedBy("this")
  private long taken;

  @GuardedBy("this")
  private boolean isWritten;

  @GuardedBy("this")
  private boolean isOver;

  Reservation(@Nullable Connection connection) {
    this.connection = connection;
  }

  /** Adds a row; returns the limit for which it must be left out, or null. */
  synchronized @Nullable ReplyLimit add(long bytes) {
    if (used + bytes > ReplyLimit.MAX_BYTES) {
      return ReplyLimit.REPLY;
    }
    ReplyLimit limit = take(used + bytes - taken);
    if (limit == null) {
      used += bytes;
    }
    return limit;
  }

  @GuardedBy("this")
  private @Nullable ReplyLimit take(long missing) {
    if (connection == null || missing <= 0 || isOver) {
      return null;
    }
    long ahead = Math.max(missing, Math.min(taken, MAX_AHEAD));
    ReplyLimit limit = connection.collect(ahead);
    if (limit == null) {
      taken += ahead;
    } else if (ahead > missing) {
      limit = connection.collect(missing);
      taken += limit == null ? missing : 0;
    }
    return limit;
  }

  /** The reply is about to be written; from now on the client must take it. */
  synchronized void written() {
    if (connection != null && !isOver && !isWritten) {
      isWritten = true;
      connection.writeCollected(taken);
    }
  }

  /**
   * The call has ended: the client has taken the reply, or has cancelled. A second call is none.
   */
  synchronized void end() {
    if (connection == null || isOver) {
      return;
    }
    isOver = true;
    if (isWritten) {
      connection.takenCollected(taken);
    } else {
      connection.dropCollected(taken);
    }
  }

  /** Returns whether the call has ended, so that nothing more is needed. */
  synchronized boolean isOver() {
    return isOver;
  }
}
