package io.loadonce.server.history;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Breaks the database under a history, again and again, until it is closed. */
final class Faults implements AutoCloseable {
  private static final Duration MAX_BETWEEN = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofMillis(150);

  /** Longer than a load may take. */
  private static final Duration LONG_PAUSE = LoadOnceSubject.LOAD_TIMEOUT.plusMillis(200);

  private static final int SHORT_PAUSES_PER_LONG = 8;

  private final HistoryDatabase database;
  private final SplittableRandom random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Void> ended;
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicInteger pauses = new AtomicInteger();

  private Faults(HistoryDatabase database, long seed) {
    this.database = database;
    this.random = new SplittableRandom(seed);
    this.ended =
        CompletableFuture.runAsync(
            this::run, task -> Thread.ofPlatform().name("faults").start(task));
  }

  static Faults start(HistoryDatabase database, long seed) {
    return new Faults(database, seed);
  }

  /** What was broken so far. */
  String summary() {
    return "connections cut %d times, database stopped %d times"
        .formatted(cuts.get(), pauses.get());
  }

  /** Ends with everything whole again. */
  @Override
  public void close() {
    closed.countDown();
    ended.join();
  }

  private void run() {
    try {
      while (!waitFor(MAX_BETWEEN.multipliedBy(random.nextInt(100)).dividedBy(100))) {
        if (random.nextBoolean()) {
          cut();
        } else {
          pause();
        }
      }
    } catch (SQLException | IOException | InterruptedException e) {
      throw new IllegalStateException("cannot break the database", e);
    }
  }

  private void cut() throws SQLException {
    database.cutConnections("loadonce");
    database.cutConnections("loadonce-listen");
    if (random.nextInt(4) == 0) {
      database.cutConnections(HistoryRun.WRITER);
    }
    cuts.incrementAndGet();
  }

  private void pause() throws SQLException, IOException, InterruptedException {
    boolean isLong = random.nextInt(SHORT_PAUSES_PER_LONG) == 0;
    try (var _ = database.freeze()) {
      waitFor(isLong ? LONG_PAUSE : MAX_PAUSE.multipliedBy(random.nextInt(100)).dividedBy(100));
    }
    pauses.incrementAndGet();
  }

  /** Returns whether this was closed meanwhile. */
  private boolean waitFor(Duration duration) throws InterruptedException {
    return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
