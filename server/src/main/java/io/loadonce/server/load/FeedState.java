package io.loadonce.server.load;

/**
 * Whether the change feed is connected, so that the cache learns of every change in the database.
 * The change listener writes it; without a listener it stays connected, and entries live by their
 * time to live alone. Safe for one writer and many readers; never blocks.
 */
public final class FeedState {

  /** Up to when no change was missed; meaningful while disconnected. */
  private volatile long completeUpToNanos;

  /** Written after {@link #completeUpToNanos}, so that a reader who sees true sees since when. */
  private volatile boolean disconnected;

  /**
   * From now on changes may be missed.
   *
   * @param completeUpToNanos up to when none was, on the clock of the engine
   */
  public void lost(long completeUpToNanos) {
    this.completeUpToNanos = completeUpToNanos;
    disconnected = true;
  }

  /** Changes arrive again; the caller has invalidated everything that was cached before. */
  public void connected() {
    disconnected = false;
  }

  public boolean isDisconnected() {
    return disconnected;
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
