package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.NoLock;
import io.loadonce.bench.ladder.Measured.Staleness;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A row changes while it is loaded, always in this order:
 *
 * <pre>
 *   1  a load reads version 1 and is held in the database
 *   2  version 2 is written and committed; the id is invalidated: times count from here
 *   3  the invalidation returns; a read begins, and ends unless it waits for the load
 *   4  at 200 ms the load continues                (3 ends now, if it waits for the load)
 *   5  at 250, 350, 450, 550 and 650 ms the row is read
 * </pre>
 *
 * Each read of 3 and 5 that returns version 1 is stale. The load of 1 may return it.
 */
final class StaleScene {
  private static final Duration RETURNS_WITHIN = Duration.ofMillis(100);
  private static final Duration HELD = Duration.ofMillis(200);
  private static final List<Duration> READS =
      List.of(
          Duration.ofMillis(250),
          Duration.ofMillis(350),
          Duration.ofMillis(450),
          Duration.ofMillis(550),
          Duration.ofMillis(650));
  private static final Duration POLL = Duration.ofMillis(1);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** How often it is played at most, if the machine is too slow to keep the times. */
  static final int MOST_PLAYS = 3;

  private final LadderDatabase database;
  private final Source<Key, Row> source;

  /**
   * @param source asks as {@link LadderDatabase#gated} says
   */
  StaleScene(LadderDatabase database, Source<Key, Row> source) {
    this.database = database;
    this.source = source;
  }

  /** The first read was late, so the numbers are not valid. */
  private static final class LateException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    LateException() {
      super("the order was not kept; expected: the load has ended by the time of the first read");
    }
  }

  /**
   * Plays it once for each id; every row is at version 2 afterwards. If a read is late, it begins
   * anew with an empty cache, {@value #MOST_PLAYS} times in all.
   *
   * @throws IllegalStateException if the order was not kept, so that the numbers are not valid
   */
  Staleness run(Step step, List<Key> ids) throws Exception {
    for (int left = MOST_PLAYS - 1; ; left--) {
      try {
        return play(step, ids);
      } catch (LateException e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private Staleness play(Step step, List<Key> ids) throws Exception {
    int stale = 0;
    Duration slowest = Duration.ZERO;
    openConnections(ids.getFirst());
    CutOffSource watched = new CutOffSource(source);
    try (Contender contender = step.contender().apply(watched)) {
      for (Key id : ids) {
        database.write(id, 1);
        Staleness round = new Round(contender, watched, id).play();
        stale += round.stale();
        slowest = slowest.compareTo(round.invalidation()) < 0 ? round.invalidation() : slowest;
      }
    }
    return new Staleness((1 + READS.size()) * ids.size(), stale, slowest);
  }

  /** The scene for one id. */
  private final class Round {
    private final Contender contender;
    private final CutOffSource queries;
    private final Key id;

    Round(Contender contender, CutOffSource queries, Key id) {
      this.contender = contender;
      this.queries = queries;
      this.id = id;
    }

    Staleness play() throws Exception {
      FutureTask<Long> load = new FutureTask<>(this::version);
      FutureTask<Long> invalidation = new FutureTask<>(this::invalidate);
      FutureTask<Long> firstRead = new FutureTask<>(this::version);
      long startNanos;
      database.closeGate();
      try {
        start(load);
        awaitAtGate(1);
        database.write(id, 2);
        startNanos = System.nanoTime();
        start(invalidation);
        if (isDoneWithin(invalidation, RETURNS_WITHIN)) {
          start(firstRead);
        }
        pauseUntil(startNanos + HELD.toNanos());
        require(queries.underWay() == 1, "no query but the held one is under way");
      } finally {
        database.openGate();
      }
      require(load.get() == 1, "the held load read version 1");
      Duration returnedAfter = Duration.ofNanos(invalidation.get());
      firstRead.run(); // does nothing if it has begun
      int stale = firstRead.get() < 2 ? 1 : 0;
      if (!isBefore(startNanos + READS.getFirst().toNanos())) {
        throw new LateException();
      }
      for (Duration read : READS) {
        pauseUntil(startNanos + read.toNanos());
        stale += version() < 2 ? 1 : 0;
      }
      return new Staleness(1 + READS.size(), stale, returnedAfter);
    }

    private long version() throws SourceException, InterruptedException {
      return contender.get(id).row().version();
    }

    private long invalidate() {
      long beganNanos = System.nanoTime();
      contender.invalidate(id);
      return System.nanoTime() - beganNanos;
    }
  }

  /** Holds one load for each connection at the gate, so that all connections are open. */
  private void openConnections(Key id) throws Exception {
    database.write(id, 1);
    List<FutureTask<Answer>> loads =
        IntStream.range(0, source.connections())
            .mapToObj(_ -> new FutureTask<>(() -> new NoLock(source).get(id)))
            .toList();
    database.closeGate();
    try {
      loads.forEach(Thread::startVirtualThread);
      awaitAtGate(source.connections());
    } finally {
      database.openGate();
    }
    for (FutureTask<Answer> load : loads) {
      load.get();
    }
  }

  private void awaitAtGate(int loads) {
    long endNanos = System.nanoTime() + LIMIT.toNanos();
    while (database.atGate() < loads) {
      require(isBefore(endNanos), loads + " loads are held");
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean isBefore(long nanos) {
    return System.nanoTime() - nanos < 0;
  }

  private static void start(FutureTask<Long> task) {
    Thread.ofVirtual().start(task);
  }

  private static boolean isDoneWithin(FutureTask<Long> task, Duration wait) {
    long endNanos = System.nanoTime() + wait.toNanos();
    while (!task.isDone() && isBefore(endNanos)) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    return task.isDone();
  }

  private static void pauseUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void require(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalStateException("the order was not kept; expected: " + expected);
    }
  }
}
