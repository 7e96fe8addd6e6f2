package io.loadonce.server.history;

import io.loadonce.server.history.HistorySubject.Answer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a history and has it judged: writers that change rows by SQL and declare the old ones old,
 * readers who note each read's start and end. Stops early once a promise is broken.
 */
public final class HistoryRun {
  /** Few, so that readers, writers and loads meet. */
  public static final int IDS = 64;

  static final String WRITER = "writer";

  private static final int READERS = 24;
  private static final int WRITERS = 3;

  /** Neither readers nor writers leave the others behind. */
  private static final int READS_PER_WRITE = 8;

  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** What an invalidation takes to arrive, at most, when it is not there at once. */
  private static final long MAX_WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  /** One read in so many, of those that ask for a version, asks for one that is not there yet. */
  private static final int KNOWN_PER_UNKNOWN = 64;

  /** A caller that got an error does not call again at once; most errors of an outage are quick. */
  private static final long RETRY_NANOS = 5_000_000;

  /** So many attempts at each read to be judged; beyond that the run has failed. */
  private static final int MAX_ATTEMPTS = 4;

  private final HistoryPlan plan;
  private final HistoryDatabase database;
  private final HistorySubject subject;
  private final SplittableRandom seeds;
  private final long originNanos = System.nanoTime();
  private final List<ReadLog> clients = Stream.generate(ReadLog::new).limit(READERS).toList();
  private final List<WriteLog> writers = Stream.generate(WriteLog::new).limit(WRITERS).toList();

  /** By id, the greatest version that a writer knows to be in the database. */
  private final AtomicLongArray committed = new AtomicLongArray(IDS);

  /** Reads that are due, for the writes made; and writes that are due, for the reads made. */
  private final Semaphore readsDue = new Semaphore(0);

  private final Semaphore writesDue = new Semaphore(2 * WRITERS);

  /** Reads that gave a row, and how many there shall be at the end of the slice. */
  private final AtomicInteger answered = new AtomicInteger();

  private volatile int wanted;

  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger brokenWrites = new AtomicInteger();
  private volatile int lastWritten;
  private volatile boolean isWriting;

  public HistoryRun(HistoryPlan plan, HistoryDatabase database, HistorySubject subject) {
    this.plan = plan;
    this.database = database;
    this.subject = subject;
    this.seeds = new SplittableRandom(plan.seed());
  }

  /** Blocks until all is read and judged. */
  public Verdict run() throws InterruptedException, ExecutionException {
    while (true) {
      wanted = Math.min(plan.reads(), wanted + plan.slice());
      slice();
      Verdict verdict = HistoryJudge.judge(clients, writers, IDS * subject.caches());
      if (!verdict.isClean() || verdict.judged() >= plan.reads()) {
        return verdict;
      }
      if (attempts.get() > (long) MAX_ATTEMPTS * plan.reads()) {
        throw new IllegalStateException("too few reads are answered: " + verdict);
      }
    }
  }

  /**
   * How often a writer lost its connection, and so does not know what became of its write. If it
   * was not committed, nobody can have read it. If it was, it was not declared to anybody: nothing
   * is promised of it, and who reads it has it from the database, where it stays.
   */
  int brokenWrites() {
    return brokenWrites.get();
  }

  private void slice() throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      isWriting = true;
      List<Future<?>> writing = new ArrayList<>();
      for (WriteLog writer : writers) {
        SplittableRandom random = seeds.split();
        writing.add(threads.submit(() -> write(writer, random)));
      }
      List<Future<?>> reading = new ArrayList<>();
      for (ReadLog client : clients) {
        SplittableRandom random = seeds.split();
        reading.add(threads.submit(() -> read(client, random)));
      }
      try {
        for (Future<?> reader : reading) {
          reader.get();
        }
      } finally {
        isWriting = false;
      }
      for (Future<?> writer : writing) {
        writer.get();
      }
    }
  }

  private @Nullable Void write(WriteLog log, SplittableRandom random) throws InterruptedException {
    while (isWriting) {
      try (Connection connection = database.connect(WRITER);
          PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE history SET version = version + 1, payload = version + 1 WHERE id = ?"
                      + " RETURNING version")) {
        while (isWriting) {
          var _ = writesDue.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
          write(log, random, update);
        }
      } catch (SQLException _) {
        brokenWrites.incrementAndGet();
        LockSupport.parkNanos(PATIENCE_NANOS);
      }
    }
    return null;
  }

  /**
   * Each statement is a transaction, and is committed when it returns. Half of the writes come
   * close upon another of the same row.
   */
  private void write(WriteLog log, SplittableRandom random, PreparedStatement update)
      throws SQLException {
    int id = random.nextBoolean() ? lastWritten : random.nextInt(IDS);
    update.setLong(1, id);
    long version;
    try (ResultSet result = update.executeQuery()) {
      result.next();
      version = result.getLong(1);
    }
    committed.accumulateAndGet(id, version, Math::max);
    lastWritten = id;
    if (random.nextInt(4) == 0) {
      LockSupport.parkNanos(random.nextLong(MAX_WAY_NANOS));
    }
    declare(log, id, random.nextInt(subject.caches()), version);
    readsDue.release(READS_PER_WRITE);
  }

  private void declare(WriteLog log, int id, int through, long version) {
    List<Optional<Duration>> freshWithin = subject.declare(through * IDS + id);
    long declaredNanos = nanos();
    for (int cache = 0; cache < freshWithin.size(); cache++) {
      Optional<Duration> within = freshWithin.get(cache);
      if (within.isPresent()) {
        log.acknowledged(cache * IDS + id, version, declaredNanos + within.get().toNanos());
      }
    }
  }

  private @Nullable Void read(ReadLog log, SplittableRandom random) throws InterruptedException {
    int id = 0;
    while (answered.get() < wanted && attempts.get() <= (long) MAX_ATTEMPTS * plan.reads()) {
      var _ = readsDue.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
      if (attempts.incrementAndGet() % READS_PER_WRITE == 0) {
        writesDue.release();
      }
      id = next(id, random);
      long minVersion = demand(id, random);
      int asked = random.nextInt(subject.caches()) * IDS + id;
      long startNanos = nanos();
      Answer answer = subject.read(asked, minVersion);
      long endNanos = nanos();
      switch (answer) {
        case Answer.Row(long version) -> {
          log.row(asked, startNanos, endNanos, minVersion, version);
          answered.incrementAndGet();
        }
        case Answer.TooOld() -> log.tooOld();
        case Answer.NoAnswer(String reason) -> {
          log.failed(reason);
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
    return null;
  }

  /** Half of the reads follow a write, and a quarter are of what the client has just read. */
  private int next(int id, SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(IDS);
      case 1 -> id;
      default -> lastWritten;
    };
  }

  private long demand(int id, SplittableRandom random) {
    if (random.nextDouble() >= plan.demands()) {
      return ReadLog.ANY;
    }
    int ahead = random.nextInt(KNOWN_PER_UNKNOWN) == 0 ? 1 : 0;
    return committed.get(id) + ahead;
  }

  private long nanos() {
    return System.nanoTime() - originNanos;
  }
}
