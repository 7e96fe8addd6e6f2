package io.loadonce.commands.load;

import java.util.Optional;
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

  /** A call that is due shortly before the end may be sent by so much after the end. */
  private static final long SENT_LATE_NANOS = 100_000_000;

  private final LoadPlan.Length length;
  private final Optional<Rates> rates;
  private final long startNanos;
  private final long measuredFromNanos;
  private final double warmUpRate;
  private final long warmUpCalls;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong due = new AtomicLong();

  MeasurementWindow(LoadPlan plan, long startNanos) {
    this.length = plan.length();
    this.rates = plan.rates();
    this.startNanos = startNanos;
    this.measuredFromNanos = startNanos + plan.warmUp().toNanos();
    this.warmUpRate = rates.map(Rates::warmUpRate).orElse(0.0);
    this.warmUpCalls = (long) Math.ceil(plan.warmUp().toNanos() / 1e9 * warmUpRate);
  }

  /** When the next call is due, by {@link System#nanoTime}; in a closed loop, now. */
  long due() {
    if (rates.isEmpty()) {
      return System.nanoTime();
    }
    long call = due.getAndIncrement();
    return call < warmUpCalls
        ? Math.min(startNanos + (long) (call * 1e9 / warmUpRate), measuredFromNanos - 1)
        : measuredFromNanos + rates.get().dueNanos(call - warmUpCalls);
  }

  /** Whether calls are due at fixed moments. */
  boolean isOpenLoop() {
    return rates.isPresent();
  }

  /** Whether the load test ended so long ago that a call that was due before is not sent. */
  boolean isTooLate(long nowNanos) {
    return length instanceof LoadPlan.Length.Lasting(var time)
        && nowNanos - measuredFromNanos > time.toNanos() + SENT_LATE_NANOS;
  }

  /** The phase of a call that is due at this moment; a measured call is counted as started. */
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
