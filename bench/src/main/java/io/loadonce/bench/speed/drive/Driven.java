package io.loadonce.bench.speed.drive;

import java.time.Duration;

/**
 * The result of a run.
 *
 * @param calls the calls that succeeded
 */
public record Driven(long calls, Duration elapsed) {

  /** The sum of two runs, one after the other. */
  public Driven plus(Driven other) {
    return new Driven(calls + other.calls, elapsed.plus(other.elapsed));
  }

  public double perSecond() {
    return calls * 1e9 / Math.max(1, elapsed.toNanos());
  }
}
