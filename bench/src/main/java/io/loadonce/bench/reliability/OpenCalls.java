package io.loadonce.bench.reliability;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The calls of a client that wait for their replies. Safe for use by many threads. */
public final class OpenCalls {

  private final Phaser open = new Phaser(1);

  /**
   * Adds a call.
   *
   * @param ended called when it has ended, by the thread that ends it
   */
  public void add(ListenableFuture<?> reply, Runnable ended) {
    open.register();
    reply.addListener(
        () -> {
          try {
            ended.run();
          } finally {
            open.arriveAndDeregister();
          }
        },
        MoreExecutors.directExecutor());
  }

  public int count() {
    return open.getUnarrivedParties() - 1;
  }

  /**
   * Waits until all have ended; call it once, after the last call was added.
   *
   * @throws IllegalStateException if some are open for longer
   */
  public void awaitAll(Duration longest) throws InterruptedException {
    int phase = open.arrive();
    try {
      open.awaitAdvanceInterruptibly(phase, longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "%d calls were never answered".formatted(open.getUnarrivedParties()), e);
    }
  }
}
