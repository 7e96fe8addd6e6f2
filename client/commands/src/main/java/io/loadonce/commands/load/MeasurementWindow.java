package io.loadonce.commands.load;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides for each call of a load test whether it belongs to the warm-up, is measured, or comes
 * after the end. Safe for use by many threads.
 */
final class MeasurementWindow {

  /** What a caller does next. */
  enum Phase {
    /** Send a call and leave it out of the counts. */
    WARM_UP,
    /** Send a call and count it. */
    MEASURED,
    /** Stop. */
    OVER
  }

  private final LoadPlan.Length length;
  private final long startNanos;
  private final long measuredFromNanos;
  private final AtomicLong started = new AtomicLong();

  MeasurementWindow(LoadPlan plan, long startNanos) {
    this.length = plan.length();
    this.startNanos = startNanos;
    this.measuredFromNanos = startNanos + plan.warmUp().toNanos();
  }

  /** The phase of a call that starts now; a measured call is counted as started. */
  Phase phase(long nowNanos) {
    if (nowNanos - measuredFromNanos < 0) {
      return Phase.WARM_UP;
    }
    boolean open =
        switch (length) {
          case LoadPlan.Length.Lasting(var time) -> nowNanos - measuredFromNanos < time.toNanos();
          case LoadPlan.Length.Calls(long count) -> started.getAndIncrement() < count;
        };
    return open ? Phase.MEASURED : Phase.OVER;
  }

  /** When the warm-up ends, by {@link System#nanoTime}. */
  long measuredFromNanos() {
    return measuredFromNanos;
  }

  /**
   * The share of the load test that is done, 0 to 1; includes the warm-up unless calls are counted.
   */
  double progress(long nowNanos) {
    double share =
        switch (length) {
          case LoadPlan.Length.Lasting(var time) ->
              (double) (nowNanos - startNanos) / (measuredFromNanos - startNanos + time.toNanos());
          case LoadPlan.Length.Calls(long count) -> (double) started.get() / count;
        };
    return Math.clamp(share, 0, 1);
  }
}
