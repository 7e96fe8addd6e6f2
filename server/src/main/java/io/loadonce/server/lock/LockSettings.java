package io.loadonce.server.lock;

import java.time.Duration;

/**
 * The limits of the lock.
 *
 * @param segments how many mutexes the table has; a power of two
 * @param maxWaitersPerId how many callers may wait for one id; at least 1
 * @param maxWaiters how many callers may wait in total; at least 1
 * @param loadTimeout how long a flight may last, its time in the queue included
 * @param abandonAfter how long a flight continues without a waiter; short, and long enough for a
 *     caller that retries at once or a row that arrives soon
 */
public record LockSettings(
    int segments,
    int maxWaitersPerId,
    int maxWaiters,
    Duration loadTimeout,
    Duration abandonAfter) {

  public static final LockSettings DEFAULTS =
      new LockSettings(256, 10_000, 50_000, Duration.ofSeconds(5), Duration.ofMillis(30));

  /**
   * @throws IllegalArgumentException if a limit is out of its range; the message names it
   */
  public LockSettings {
    require(Integer.bitCount(segments) == 1 && segments > 0, "segments must be a power of two");
    require(maxWaitersPerId >= 1, "waiters per id must be at least 1");
    require(maxWaiters >= 1, "waiters in total must be at least 1");
    require(loadTimeout.isPositive(), "load time-out must be longer than zero");
    require(!abandonAfter.isNegative(), "abandon-after must not be negative");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
