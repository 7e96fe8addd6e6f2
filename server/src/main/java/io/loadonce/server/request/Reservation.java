package io.loadonce.server.request;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The room in memory of one call that waits, and of its reply: the places for its ids, and its rows
 * as they arrive. Room is taken from the connection in growing pieces. Whatever happens to the
 * call, {@link #end} returns all of it.
 *
 * <p>Safe for use by many threads; never blocks but for its monitor, in which nothing waits.
 */
final class Reservation {

  /** What a call takes while it waits, in bytes, about: the call, its stream and its waiter. */
  static final long CALL_BYTES = 4 << 10;

  /** What an id of a batch takes while the batch waits, in bytes, about. */
  static final long PLACE_BYTES = 256;

  /** The largest piece that is taken before it is needed, in bytes. */
  private static final long MAX_AHEAD = 64 << 10;

  /** Null in tests without a network. */
  private final @Nullable Connection connection;

  /** The rows of the reply. */
  @GuardedBy("this")
  private long rows;

  /** The call and its places, until the reply is written. */
  @GuardedBy("this")
  private long waiting;

  @GuardedBy("this")
  private long taken;

  @GuardedBy("this")
  private boolean isWritten;

  /** Of the reply, once it is written. */
  @GuardedBy("this")
  private int generation;

  @GuardedBy("this")
  private boolean isOver;

  Reservation(@Nullable Connection connection) {
    this.connection = connection;
  }

  /** Adds the call itself; returns the limit for which it must not wait, or null. */
  synchronized @Nullable ReplyLimit addWaiting(long bytes) {
    ReplyLimit limit = take(waiting + rows + bytes - taken);
    waiting += limit == null ? bytes : 0;
    return limit;
  }

  /** Adds a row; returns the limit for which it must be left out, or null. */
  synchronized @Nullable ReplyLimit addRow(long bytes) {
    if (rows + bytes > ReplyLimit.MAX_BYTES) {
      return ReplyLimit.REPLY;
    }
    ReplyLimit limit = take(waiting + rows + bytes - taken);
    rows += limit == null ? bytes : 0;
    return limit;
  }

  @GuardedBy("this")
  private @Nullable ReplyLimit take(long missing) {
    if (connection == null || missing <= 0 || isOver) {
      return null;
    }
    // That the call itself takes room is no reason to refuse its first row.
    long own = rows == 0 ? taken : 0;
    long ahead = Math.max(missing, Math.min(rows, MAX_AHEAD));
    ReplyLimit limit = connection.collect(ahead, own);
    if (limit == null) {
      taken += ahead;
    } else if (ahead > missing) {
      limit = connection.collect(missing, own);
      taken += limit == null ? missing : 0;
    }
    return limit;
  }

  /**
   * The reply is about to be written; from now on the client must take it. All of it is counted
   * then, also if its statuses, which have taken no room before, exceed a limit.
   *
   * @param bytes the size of the reply
   */
  synchronized void written(long bytes) {
    if (connection != null && !isOver && !isWritten) {
      isWritten = true;
      generation = connection.generation();
      connection.writeCollected(taken, bytes, generation);
      taken = bytes;
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
      connection.takenCollected(taken, generation);
    } else {
      connection.dropCollected(taken);
    }
  }
}
