package io.loadonce.server.history;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes something fail again and again, on a thread of its own, until this is closed. */
final class FaultLoop implements AutoCloseable {

  /** Faults that follow each other. */
  @FunctionalInterface
  interface Round {

    /** Returns when they are over, or false if the loop was closed before. */
    boolean run() throws IOException, InterruptedException, SQLException;
  }

  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicInteger rounds = new AtomicInteger();

  /** To be called once. */
  void start(Round round) {
    Thread.ofPlatform().name("faults").start(() -> run(round));
  }

  private void run(Round round) {
    try {
      while (round.run()) {
        rounds.getAndIncrement();
      }
      ended.complete(null);
    } catch (IOException | InterruptedException | SQLException | RuntimeException | Error e) {
      ended.completeExceptionally(new IllegalStateException("cannot make a fault", e));
    }
  }

  /**
   * How many rounds are over.
   *
   * @throws java.util.concurrent.CompletionException if a fault could not be made
   */
  int rounds() {
    if (ended.isCompletedExceptionally()) {
      ended.join();
    }
    return rounds.get();
  }

  /** Waits for so long, but not after this is closed; returns whether it is. */
  boolean waitFor(Duration duration) throws InterruptedException {
    return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Ends the faults, which have been started; what they broke works again when this returns.
   *
   * @throws java.util.concurrent.CompletionException if a fault could not be made
   */
  @Override
  public void close() {
    closed.countDown();
    ended.join();
  }
}
