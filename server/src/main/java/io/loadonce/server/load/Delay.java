package io.loadonce.server.load;

/**
 * When an id would be loaded that is queued now; an estimate.
 *
 * @param queuedNanos how long it would wait for its query
 * @param queryNanos how long that query would take
 */
public record Delay(long queuedNanos, long queryNanos) {

  /** Nothing is ahead of the id. How long its query takes does not matter then. */
  static final Delay NONE = new Delay(0, 0);

  /**
   * How much earlier the row would have to come; not positive if it probably comes in time: in
   * three quarters of the time that its caller has. The rest is for what the estimate does not see.
   */
  long lateNanos(long callerNanos, long maxQueueNanos) {
    return Math.max(queuedNanos - maxQueueNanos, queuedNanos + queryNanos - callerNanos / 4 * 3);
  }
}
