package io.loadonce.bench.speed.drive;

import java.time.Duration;

/**
 * What a run came to.
 *
 * @param calls calls that were answered well
 */
public record Driven(long calls, Duration elapsed) {

  /** Both together, one after the other. */
  public Driven plus(Driven other) {
    return new Driven(calls + other.calls, elapsed.plus(other.elapsed));
  }

  public double perSecond() {
    return calls * 1e9 / Math.max(1, elapsed.toNanos());
  }
}
