package io.loadonce.commands.load;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable MeasurementWindow main;
  private final double warmUpRate;
  private final long warmUpCalls;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong due = new AtomicLong();
  private volatile boolean stopped;

  MeasurementWindow(
      Optional<Rates> rates, LoadPlan.Length length, Duration warmUp, long startNanos) {
    this(rates, length, startNanos, startNanos + warmUp.toNanos(), /* main= */ null);
  }

  private MeasurementWindow(
      Optional<Rates> rates,
      LoadPlan.Length length,
      long startNanos,
      long measuredFromNanos,
      @Nullable MeasurementWindow main) {
    this.length = length;
    this.rates = rates;
    this.startNanos = startNanos;
    this.measuredFromNanos = measuredFromNanos;
    this.warmUpRate = rates.map(Rates::warmUpRate).orElse(0.0);
    this.warmUpCalls = (long) Math.ceil((measuredFromNanos - startNanos) / 1e9 * warmUpRate);
    this.main = main;
  }

  /** A window for other calls, at a rate of their own, which ends when this one is over. */
  MeasurementWindow beside(double perSecond) {
    return new MeasurementWindow(
        Optional.of(Rates.steady(perSecond + "/s", perSecond, Rates.LONGEST)),
        new LoadPlan.Length.Lasting(length.most()),
        startNanos,
        measuredFromNanos,
        this);
  }

  /** Ends the measurement now: no call is sent any more. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped || (main != null && main.stopped);
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

  /** How many measured calls were due before this moment, and no caller was free to send them. */
  long overdue(long nowNanos) {
    long before = rates.map(all -> all.callsBefore(nowNanos - measuredFromNanos)).orElse(0L);
    long most = length instanceof LoadPlan.Length.Calls(long count) ? count : Long.MAX_VALUE;
    return Math.max(0, Math.min(before, most) - Math.max(0, due.get() - warmUpCalls));
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
    if (isStopped()) {
      return Phase.OVER;
    }
    if (nowNanos - measuredFromNanos < 0) {
      return Phase.WARM_UP;
    }
    boolean open =
        nowNanos - measuredFromNanos < length.most().toNanos()
            && (!(length instanceof LoadPlan.Length.Calls(long count))
                || started.getAndIncrement() < count);
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
