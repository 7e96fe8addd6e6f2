package io.loadonce.server.request;

import com.google.rpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The calls that have begun and are not answered. Whoever takes a call out of here is the one that
 * may answer it: its method, the sweep, the drain, or nobody, if the caller has left.
 *
 * <p>Safe for use by many threads; never blocks.
 */
final class OpenCalls {

  private final LongSupplier nanoClock;
  private final long patienceNanos;
  private final Set<UnaryCall<?>> open = ConcurrentHashMap.newKeySet();

  /**
   * @param patienceNanos how long a caller may take to send its request: one that never does, and
   *     set no deadline, would hold its stream for ever
   */
  OpenCalls(LongSupplier nanoClock, long patienceNanos) {
    this.nanoClock = nanoClock;
    this.patienceNanos = patienceNanos;
  }

  void add(UnaryCall<?> call) {
    open.add(call);
  }

  /** Returns true to the first who asks, and false from then on. */
  boolean take(UnaryCall<?> call) {
    return open.remove(call);
  }

  /** Fails those whose request has not come in time. To be called often, by one thread. */
  void sweep() {
    long nowNanos = nanoClock.getAsLong();
    for (UnaryCall<?> call : open) {
      if (!call.hasArrived() && call.openNanos(nowNanos) >= patienceNanos) {
        call.fail(Reason.DEADLINE_EXCEEDED.status("the request did not arrive in time"));
      }
    }
  }

  /** Fails all that are open now, and withdraws what waits for them. */
  void failAll(Status status) {
    for (UnaryCall<?> call : open) {
      call.fail(status);
      call.onCancel();
    }
  }
}
