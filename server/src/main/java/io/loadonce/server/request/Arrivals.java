package io.loadonce.server.request;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The calls that have begun and whose request is not here yet. A caller that never sends it, and
 * set no deadline, would hold its stream for ever.
 *
 * <p>Whoever takes a call out of here, its request or its time-out, is the one that may answer it.
 * Safe for use by many threads; never blocks.
 */
final class Arrivals {

  private final LongSupplier nanoClock;
  private final long patienceNanos;
  private final Set<UnaryCall<?>> awaited = ConcurrentHashMap.newKeySet();

  Arrivals(LongSupplier nanoClock, long patienceNanos) {
    this.nanoClock = nanoClock;
    this.patienceNanos = patienceNanos;
  }

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  void add(UnaryCall<?> call) {
    awaited.add(call);
  }

  /** Returns true to the first who asks, and false from then on. */
  boolean take(UnaryCall<?> call) {
    return awaited.remove(call);
  }

  /** Fails those that have waited for too long. To be called often, by one thread. */
  void sweep() {
    long nowNanos = nowNanos();
    for (UnaryCall<?> call : awaited) {
      if (nowNanos - call.beganNanos() >= patienceNanos && take(call)) {
        call.fail(Reason.DEADLINE_EXCEEDED.status("the request did not arrive in time"));
      }
    }
  }

  /** How many there are; a snapshot. */
  int size() {
    return awaited.size();
  }
}
