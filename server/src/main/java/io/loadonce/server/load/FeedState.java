package io.loadonce.server.load;

/**
 * Whether memory hears of the changes in the database. Written by whoever listens to it; if nobody
 * does, memory lives by time alone and the answer is always yes. Safe for one writer and many
 * readers; never blocks.
 */
public final class FeedState {

  /** Up to when nothing was missed; meaningful while deaf. */
  private volatile long lastConnectedNanos;

  /** Written after {@link #lastConnectedNanos}, so that a reader who sees true sees since when. */
  private volatile boolean deaf;

  /** From now on changes may be missed. */
  public void lost(long lastConnectedNanos) {
    this.lastConnectedNanos = lastConnectedNanos;
    deaf = true;
  }

  /** Changes are heard again; what was in memory before has been forgotten. */
  public void connected() {
    deaf = false;
  }

  public boolean isDisconnected() {
    return deaf;
  }

  /**
   * For how long a change of something read at {@code readNanos} may have been missed; meaningful
   * while {@link #isDisconnected}.
   */
  long missedNanos(long readNanos, long nowNanos) {
    long completeUpToNanos = lastConnectedNanos;
    return nowNanos - (readNanos - completeUpToNanos > 0 ? readNanos : completeUpToNanos);
  }
}
