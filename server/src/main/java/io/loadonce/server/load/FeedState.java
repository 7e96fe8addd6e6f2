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
   *   1  R  (this instance) is suspended, or gets no processor time
   *   2  W  invalidates a row on another instance, waits for R until R must count itself as
   *         disconnected, and returns
   *   3  R  goes on; a call runs before the listener does: it would serve the row as fresh
   *
   * Why a call looks at the feed first, and then into the cache.
   *
   *   1  R  a call begins while the feed is disconnected, and reads a stale row from the cache
   *   2  R  the listener connects again: it empties the cache, and then the feed is connected
   *   3  R  the call looks at the feed, which is connected: it would serve the row as fresh
   */

  /** What {@link #missedSinceNanos} returns while the feed is connected. */
  static final long CONNECTED = Long.MAX_VALUE;

  private static final long WITHOUT_LISTENER = Long.MAX_VALUE;
  private static final long LOST = Long.MIN_VALUE;

  /** Up to when no change was missed; not set without a listener. */
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
   * A heartbeat arrived. If it is the first one of a subscription, the caller has invalidated
   * everything that was cached before. One that is only late needs no invalidation: the
   * subscription has delivered every change before it.
   *
   * @param completeUpToNanos up to when no change was missed, on the clock of the engine
   * @param heartbeatLimitNanos for how long after that no heartbeat is needed
   */
  public void connected(long completeUpToNanos, long heartbeatLimitNanos) {
    this.completeUpToNanos = completeUpToNanos;
    this.heartbeatLimitNanos = heartbeatLimitNanos;
  }

  public boolean isDisconnected(long nowNanos) {
    return missedSinceNanos(nowNanos) != CONNECTED;
  }

  /**
   * Returns since when changes may have been missed, or {@link #CONNECTED}. A caller calls this
   * before it reads an entry that it judges by the result.
   */
  long missedSinceNanos(long nowNanos) {
    long upToNanos = completeUpToNanos;
    return nowNanos - upToNanos > heartbeatLimitNanos ? upToNanos : CONNECTED;
  }
}
