package io.loadonce.server.request;

import com.google.rpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The calls that have begun and have not ended. A call is ended by the one that claims it here: its
 * method, the sweep, the drain, or its own cancellation.
 *
 * <p>Safe for use by many threads; never blocks.
 */
final class OpenCalls {

  private final LongSupplier nanoClock;
  private final long requestTimeoutNanos;
  private final Set<UnaryCall<?>> open = ConcurrentHashMap.newKeySet();

  /**
   * @param requestTimeoutNanos how long a caller may take to send its request; a caller that sends
   *     none and sets no deadline would otherwise keep its stream open for ever
   */
  OpenCalls(LongSupplier nanoClock, long requestTimeoutNanos) {
    this.nanoClock = nanoClock;
    this.requestTimeoutNanos = requestTimeoutNanos;
  }

  void add(UnaryCall<?> call) {
    open.add(call);
  }

  boolean isOpen(UnaryCall<?> call) {
    return open.contains(call);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Returns true the first time, and false from then on. */
  boolean claim(UnaryCall<?> call) {
    return open.remove(call);
  }

  /** Fails the calls whose request did not arrive in time. To be called often, by one thread. */
  void sweep() {
    long nowNanos = nanoClock.getAsLong();
    for (UnaryCall<?> call : open) {
      if (!call.hasArrived() && call.openNanos(nowNanos) >= requestTimeoutNanos) {
        call.fail(Reason.DEADLINE_EXCEEDED.status("the request did not arrive in time"));
      }
    }
  }

  /** Fails all calls that are open now, and withdraws their waiters. */
  void failAll(Status status) {
    for (UnaryCall<?> call : open) {
      if (call.fail(status)) {
        call.onCancel();
      }
    }
  }
}
