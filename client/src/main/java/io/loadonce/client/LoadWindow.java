package io.loadonce.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells each call whether it counts, and each caller when to stop. Safe for use by many threads.
 */
final class LoadWindow {

  /** What may be done now. */
  enum Turn {
    /** Call, but do not count it. */
    WARM_UP,
    /** Call and count. */
    COUNTED,
    /** Stop. */
    OVER
  }

  private final LoadPlan.Length length;
  private final long startNanos;
  private final long countFromNanos;
  private final AtomicLong taken = new AtomicLong();

  LoadWindow(LoadPlan plan, long startNanos) {
    this.length = plan.length();
    this.startNanos = startNanos;
    this.countFromNanos = startNanos + plan.warmUp().toNanos();
  }

  /** The turn of a call that begins now. */
  Turn next(long nowNanos) {
    if (nowNanos - countFromNanos < 0) {
      return Turn.WARM_UP;
    }
    boolean open =
        switch (length) {
          case LoadPlan.Length.Lasting(var time) -> nowNanos - countFromNanos < time.toNanos();
          case LoadPlan.Length.Calls(long count) -> taken.getAndIncrement() < count;
        };
    return open ? Turn.COUNTED : Turn.OVER;
  }

  /** When the warm-up is over, by {@link System#nanoTime}. */
  long countFromNanos() {
    return countFromNanos;
  }

  /** How much of the way is behind, from 0 to 1, the warm-up included where time is the measure. */
  double progress(long nowNanos) {
    double share =
        switch (length) {
          case LoadPlan.Length.Lasting(var time) ->
              (double) (nowNanos - startNanos) / (countFromNanos - startNanos + time.toNanos());
          case LoadPlan.Length.Calls(long count) -> (double) taken.get() / count;
        };
    return Math.clamp(share, 0, 1);
  }
}
