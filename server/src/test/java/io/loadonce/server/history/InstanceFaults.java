package io.loadonce.server.history;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends and suspends instances, one at a time, until this is closed. */
final class InstanceFaults implements AutoCloseable {

  private static final Duration DOWN = Duration.ofMillis(100);
  private static final Duration BETWEEN = Duration.ofMillis(500);

  /**
   * So long that invalidations which wait for the suspended instance return, and rows are read from
   * it after that and before it resumes.
   */
  private static final Duration SUSPENDED = FleetSubject.SENT_BOUND.multipliedBy(2);

  private final List<InstanceProcess> instances;
  private final SplittableRandom random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger rounds = new AtomicInteger();
  private final CompletableFuture<Void> ended;

  private InstanceFaults(List<InstanceProcess> instances, long seed) {
    this.instances = List.copyOf(instances);
    this.random = new SplittableRandom(seed);
    this.ended =
        CompletableFuture.runAsync(
            this::run, task -> Thread.ofPlatform().name("instance faults").start(task));
  }

  static InstanceFaults start(List<InstanceProcess> instances, long seed) {
    return new InstanceFaults(instances, seed);
  }

  /** How many times an instance was suspended, one ended by SIGTERM and one by SIGKILL. */
  int rounds() {
    if (ended.isCompletedExceptionally()) {
      ended.join();
    }
    return rounds.get();
  }

  /** Ends the faults; all instances run again when this returns. */
  @Override
  public void close() {
    closed.countDown();
    ended.join();
  }

  private void run() {
    try {
      while (!waitFor(BETWEEN)) {
        InstanceProcess suspended = any();
        suspended.suspend();
        waitFor(SUSPENDED);
        suspended.resume();
        waitFor(BETWEEN);
        InstanceProcess stopped = any();
        stopped.stop();
        waitFor(DOWN);
        stopped.begin();
        waitFor(BETWEEN);
        InstanceProcess killed = any();
        killed.kill();
        waitFor(DOWN);
        killed.begin();
        rounds.getAndIncrement();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot restart an instance", e);
    }
  }

  private InstanceProcess any() {
    return instances.get(random.nextInt(instances.size()));
  }

  /** Returns whether this was closed meanwhile. */
  private boolean waitFor(Duration duration) throws InterruptedException {
    return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
