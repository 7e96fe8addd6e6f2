package io.loadonce.bench.freshness;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Gets at a fixed rate, whether or not earlier ones have been answered: callers do not go away
 * because a service is slow. One thread makes all calls, and no call blocks it.
 */
final class SteadyCalls implements Callable<Long> {

  /** Called for each answer, on the thread that delivers it; must not block. */
  interface Listener {
    void answered(long beganNanos, Outcome<Long> outcome);
  }

  /** How often each id is requested. */
  enum Demand {
    /** All ids equally often. */
    UNIFORM,
    /** The n-th most popular id n times less often than the most popular one. */
    ZIPF
  }

  private final LoadOnce<Key, Long> engine;
  private final Key[] ids;
  private final double[] cumulative;
  private final int perSecond;
  private final Duration duration;
  private final Duration timeout;
  private final Listener listener;
  private final SplittableRandom random = new SplittableRandom(1);

  SteadyCalls(
      LoadOnce<Key, Long> engine,
      int ids,
      Demand demand,
      int perSecond,
      Duration duration,
      Duration timeout,
      Listener listener) {
    this.engine = engine;
    this.perSecond = perSecond;
    this.duration = duration;
    this.timeout = timeout;
    this.listener = listener;
    this.ids = new Key[ids];
    this.cumulative = new double[ids];
    double sum = 0;
    for (int id = 0; id < ids; id++) {
      this.ids[id] = Key.of(Integer.toString(id));
      sum += demand == Demand.ZIPF ? 1.0 / (id + 1) : 1;
      cumulative[id] = sum;
    }
  }

  /** Blocks for the duration; returns how many calls were made. */
  @Override
  public Long call() {
    long startNanos = System.nanoTime();
    long calls = (long) perSecond * duration.toMillis() / 1_000;
    for (long call = 0; call < calls; call++) {
      long dueNanos = startNanos + call * 1_000_000_000L / perSecond;
      for (long left = dueNanos - System.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - System.nanoTime();
      }
      get(next());
    }
    return calls;
  }

  private void get(Key id) {
    long beganNanos = System.nanoTime();
    Outcome<Long> hit = engine.look(id, Freshness.ANY);
    if (hit != null) {
      listener.answered(beganNanos, hit);
      return;
    }
    var _ =
        engine.join(id, Freshness.ANY, timeout, outcome -> listener.answered(beganNanos, outcome));
  }

  private Key next() {
    double point = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, point);
    return ids[Math.min(found < 0 ? -found - 1 : found, ids.length - 1)];
  }
}
