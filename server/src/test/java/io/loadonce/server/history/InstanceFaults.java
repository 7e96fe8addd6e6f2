package io.loadonce.server.history;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Ends instances by SIGTERM and by SIGKILL in turn, and starts them again, until it is closed. */
final class InstanceFaults implements AutoCloseable {

  private static final Duration DOWN = Duration.ofMillis(100);
  private static final Duration BETWEEN = Duration.ofMillis(500);

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

  /** How many times an instance was stopped and one was killed. */
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
        restart(InstanceProcess::stop);
        if (waitFor(BETWEEN)) {
          return;
        }
        restart(InstanceProcess::kill);
        rounds.getAndIncrement();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot restart an instance", e);
    }
  }

  private void restart(Consumer<InstanceProcess> end) throws IOException, InterruptedException {
    InstanceProcess instance = instances.get(random.nextInt(instances.size()));
    end.accept(instance);
    var _ = waitFor(DOWN);
    instance.begin();
  }

  /** Returns whether this was closed meanwhile. */
  private boolean waitFor(Duration duration) throws InterruptedException {
    return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
