package io.loadonce.server.history;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the database fail repeatedly while a history runs, until this is closed. */
final class Faults implements AutoCloseable {
  private static final Duration MAX_BETWEEN = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofMillis(150);

  /** Longer than a load may take. */
  private static final Duration LONG_PAUSE = LoadOnceSubject.LOAD_TIMEOUT.plusMillis(200);

  private static final int SHORT_PAUSES_PER_LONG = 8;

  /** A restart takes seconds. */
  private static final int FAULTS_PER_KILL = 8;

  private final HistoryDatabase database;
  private final SplittableRandom random;
  private final boolean isKiller;
  private final FaultLoop loop = new FaultLoop();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicInteger pauses = new AtomicInteger();
  private final AtomicInteger kills = new AtomicInteger();

  private Faults(HistoryDatabase database, long seed, boolean isKiller) {
    this.isKiller = isKiller;
    this.database = database;
    this.random = new SplittableRandom(seed);
    loop.start(this::round);
  }

  /** Cuts connections of the database, and suspends its processes. */
  static Faults start(HistoryDatabase database, long seed) {
    return new Faults(database, seed, /* isKiller= */ false);
  }

  /** Also kills the database sometimes; for one that can be restarted. */
  static Faults withKills(HistoryDatabase database, long seed) {
    return new Faults(database, seed, /* isKiller= */ true);
  }

  /** How often the database was killed and has been restarted. */
  int kills() {
    var _ = loop.rounds(); // throws what ended it
    return kills.get();
  }

  /** Runs histories until the database was killed so often; stops at the first violation. */
  Verdict untilKilled(int kills, HistoryPlan plan, HistorySubject subject)
      throws InterruptedException, ExecutionException {
    Verdict total = Verdict.NONE;
    while (total.isClean() && kills() < kills) {
      total = total.plus(new HistoryRun(plan, database, subject).run());
    }
    return total;
  }

  /** The faults so far, for the console. */
  String summary() {
    return "connections cut %d times, database stopped %d times and killed %d times"
        .formatted(cuts.get(), pauses.get(), kills.get());
  }

  /** Ends the faults; the database runs again when this returns. */
  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws SQLException, IOException, InterruptedException {
    if (loop.waitFor(upTo(MAX_BETWEEN))) {
      return false;
    }
    if (isKiller && (loop.rounds() + 1) % FAULTS_PER_KILL == 0) {
      kill();
    } else if (random.nextBoolean()) {
      cut();
    } else {
      pause();
    }
    return true;
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
      loop.waitFor(isLong ? LONG_PAUSE : upTo(MAX_PAUSE));
    }
    pauses.incrementAndGet();
  }

  private void kill() throws SQLException, IOException, InterruptedException {
    try (var _ = database.kill()) {
      loop.waitFor(upTo(MAX_PAUSE));
    }
    kills.incrementAndGet();
  }

  private Duration upTo(Duration most) {
    return most.multipliedBy(random.nextInt(100)).dividedBy(100);
  }
}
