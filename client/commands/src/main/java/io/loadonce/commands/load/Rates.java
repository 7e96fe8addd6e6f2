package io.loadonce.commands.load;

import io.loadonce.commands.text.DurationText;
import java.time.Duration;
import java.util.List;

/**
 * The rates of an open loop: how many calls are due in each second, step by step.
 *
 * @param text as it was written, such as {@code 1000/s for 10s, ramp to 8000/s over 30s}
 * @param steps 1 to 100, one after the other; together 100 ms to 24 h, with at least one call
 */
public record Rates(String text, List<Step> steps) {

  /** The highest rate of a step, in calls a second. */
  static final double HIGHEST = 1_000_000;

  static final int MOST_STEPS = 100;
  private static final Duration SHORTEST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofDays(1);

  /**
   * A time in which the rate stays the same or changes evenly.
   *
   * @param from calls a second at its start, 0 to 1,000,000
   * @param to calls a second at its end, 0 to 1,000,000
   * @param time more than 0 s
   */
  record Step(double from, double to, Duration time) {

    private double calls() {
      return (from + to) / 2 * seconds();
    }

    /** How many calls of this step are due before so many seconds have passed. */
    private double callsBefore(double seconds) {
      return (from + (to - from) / (2 * seconds()) * seconds) * seconds;
    }

    /** When so many calls of this step have been due, in seconds from its start. */
    private double secondsUntil(double calls) {
      double slope = (to - from) / seconds();
      // The solution of from * t + slope / 2 * t^2 = calls that also holds if the slope is 0.
      return calls == 0 ? 0 : 2 * calls / (from + Math.sqrt(from * from + 2 * slope * calls));
    }

    private double seconds() {
      return time.toNanos() / 1e9;
    }
  }

  /** Rejects steps out of their limits, with one line that says what would be right. */
  public Rates {
    steps = List.copyOf(steps);
    if (steps.isEmpty() || steps.size() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "the plan has %d steps but must have from 1 to %d".formatted(steps.size(), MOST_STEPS));
    }
    Duration time = time(steps);
    if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the plan lasts %s but must last from 100ms to 24h".formatted(DurationText.of(time)));
    }
    if (steps.stream().mapToDouble(Step::calls).sum() < 1) {
      throw new IllegalArgumentException("the plan '%s' has no call".formatted(text));
    }
  }

  /** The same rate all the time. */
  public static Rates steady(String text, double rate, Duration time) {
    return new Rates(text, List.of(new Step(rate, rate, time)));
  }

  /** How long all steps last. */
  public Duration time() {
    return time(steps);
  }

  /** The rate of the warm-up: the mean of the first step that has calls. */
  double warmUpRate() {
    return steps.stream()
        .mapToDouble(step -> (step.from + step.to) / 2)
        .filter(mean -> mean > 0)
        .findFirst()
        .orElseThrow();
  }

  /**
   * When a call is due, in nanoseconds from the start of the first step; calls beyond the last step
   * are due at its end.
   *
   * @param call 0 for the first
   */
  long dueNanos(long call) {
    double left = call;
    long startNanos = 0;
    for (Step step : steps) {
      double calls = step.calls();
      if (left < calls) {
        return startNanos + Math.min((long) (step.secondsUntil(left) * 1e9), step.time.toNanos());
      }
      left -= calls;
      startNanos += step.time.toNanos();
    }
    return startNanos;
  }

  /**
   * How many calls are due before a moment.
   *
   * @param nanos from the start of the first step
   */
  long callsBefore(long nanos) {
    double calls = 0;
    long left = nanos;
    for (Step step : steps) {
      long within = Math.clamp(left, 0, step.time.toNanos());
      calls += step.callsBefore(within / 1e9);
      left -= within;
    }
    return (long) Math.ceil(calls);
  }

  private static Duration time(List<Step> steps) {
    return steps.stream().map(Step::time).reduce(Duration.ZERO, Duration::plus);
  }
}
