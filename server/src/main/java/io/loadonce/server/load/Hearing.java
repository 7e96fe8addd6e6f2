package io.loadonce.server.load;

/**
 * Whether memory hears of the changes in the database. Written by whoever listens to it; if nobody
 * does, memory lives by time alone and the answer is always yes. Safe for one writer and many
 * readers; never blocks.
 */
public final class Hearing {

  /** Up to when nothing was missed; meaningful while deaf. */
  private volatile long lastHeardNanos;

  /** Written after {@link #lastHeardNanos}, so that a reader who sees true sees since when. */
  private volatile boolean deaf;

  /** From now on changes may be missed. */
  public void lost(long lastHeardNanos) {
    this.lastHeardNanos = lastHeardNanos;
    deaf = true;
  }

  /** Changes are heard again; what was in memory before has been forgotten. */
  public void regained() {
    deaf = false;
  }

  public boolean isDeaf() {
    return deaf;
  }

  /**
   * For how long a change of something read at {@code readNanos} may have been missed; meaningful
   * while {@link #isDeaf}.
   */
  long unheardNanos(long readNanos, long nowNanos) {
    long heardNanos = lastHeardNanos;
    return nowNanos - (readNanos - heardNanos > 0 ? readNanos : heardNanos);
  }
}
