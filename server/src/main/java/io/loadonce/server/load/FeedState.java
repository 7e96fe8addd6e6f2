package io.loadonce.server.load;

/**
 * Whether the change feed is connected, so that the cache learns of every change in the database.
 * The change listener writes it; without a listener it stays connected, and entries live by their
 * time to live alone. Safe for one writer and many readers; never blocks.
 *
 * <p>Guarantee: a call that begins when the last heartbeat is too old finds the feed disconnected,
 * even if the listener did not run since.
 */
public final class FeedState {

  /*
   * Why each call compares times, and does not wait to be told by the listener.
   *
   *   1  R  an instance of which every thread is stopped, by SIGSTOP or for lack of a processor
   *   2  W  invalidates a row on another instance, waits for R until R must count itself as
   *         disconnected, and returns
   *   3  R  goes on; a call runs before the listener does: it would serve the row as fresh
   */

  private static final long WITHOUT_LISTENER = Long.MAX_VALUE;
  private static final long LOST = Long.MIN_VALUE;

  /** Up to when no change was missed; meaningless without a listener. */
  private volatile long completeUpToNanos;

  /**
   * For how long after {@link #completeUpToNanos} the feed counts as connected. Written after it,
   * so that a reader who finds the feed lost sees since when.
   */
  private volatile long heartbeatLimitNanos = WITHOUT_LISTENER;

  /**
   * From now on changes may be missed.
   *
   * @param completeUpToNanos up to when none was, on the clock of the engine
   */
  public void lost(long completeUpToNanos) {
    this.completeUpToNanos = completeUpToNanos;
    heartbeatLimitNanos = LOST;
  }

  /**
   * A heartbeat arrived. If the feed was lost, the caller has invalidated everything that was
   * cached before.
   *
   * @param completeUpToNanos up to when no change was missed, on the clock of the engine
   * @param heartbeatLimitNanos for how long after that no heartbeat is needed
   */
  public void connected(long completeUpToNanos, long heartbeatLimitNanos) {
    this.completeUpToNanos = completeUpToNanos;
    this.heartbeatLimitNanos = heartbeatLimitNanos;
  }

  public boolean isDisconnected(long nowNanos) {
    return nowNanos - completeUpToNanos > heartbeatLimitNanos;
  }

  /**
   * For how long a change of an entry that was read at {@code readNanos} may have been missed;
   * meaningful while {@link #isDisconnected}.
   */
  long missedNanos(long readNanos, long nowNanos) {
    long sinceNanos = completeUpToNanos;
    return nowNanos - (readNanos - sinceNanos > 0 ? readNanos : sinceNanos);
  }
}
