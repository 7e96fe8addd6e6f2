package io.loadonce.bench.ladder.fleet;

import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import io.loadonce.bench.ladder.fleet.FleetMeasured.Herd;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.RedisClient;

/** Runs the same scenes for each rung, on three processes with one Redis and one database. */
public final class FleetLadder implements AutoCloseable {
  static final int INSTANCES = 3;
  static final Duration FAILS_AFTER = Duration.ofMillis(100);

  /** Longer than two locks last. */
  static final Duration SLOW = Duration.ofMillis(2_500);

  /** While the load is held; a lock lasts longer. */
  private static final Duration HELD = Duration.ofMillis(200);

  /** When the row is read after the load has ended, on each instance. */
  private static final List<Duration> READS =
      List.of(Duration.ofMillis(50), Duration.ofMillis(700));

  private static final int STALE_ROUNDS = 3;
  private static final int WARM_UPS = 5;
  private static final Duration POLL = Duration.ofMillis(1);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final LadderDatabase database;
  private final FleetPlan plan;
  private final RedisClient redis;
  private final List<Key> ids;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Starts the processes, which takes seconds. */
  public FleetLadder(LadderDatabase database, String redisUrl, FleetPlan plan) throws IOException {
    this.database = database;
    this.plan = plan;
    this.redis = RedisClient.create(redisUrl);
    this.ids = database.cities(Math.max(plan.ids(), STALE_ROUNDS));
    try {
      for (int i = 0; i < INSTANCES; i++) {
        workers.add(WorkerProcess.start());
      }
      for (WorkerProcess worker : workers) {
        worker.connect(redisUrl, database);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Runs the scenes of a rung. Blocks for some seconds. */
  FleetMeasured measure(RungKind kind) throws Exception {
    LookupSettings quick = database.slow(plan.load(), /* fails= */ false);
    warmUp(kind, quick);
    return new FleetMeasured(
        kind,
        herd(kind, quick, plan.callers(), ids.subList(0, 1)),
        herd(kind, quick, plan.callersPerId(), ids.subList(0, plan.ids())),
        herd(
            kind,
            database.slow(FAILS_AFTER, /* fails= */ true),
            plan.fewCallers(),
            ids.subList(0, 1)),
        herd(kind, database.slow(SLOW, /* fails= */ false), plan.fewCallers(), ids.subList(0, 1)),
        STALE_ROUNDS * (1 + READS.size() * INSTANCES),
        staleReads(kind));
  }

  /** Herds that do not count, until one is answered as a whole. */
  private void warmUp(RungKind kind, LookupSettings lookup) throws Exception {
    for (int i = 0; i < WARM_UPS; i++) {
      WorkerHerd.Result crowd = herd(kind, lookup, plan.callers(), ids.subList(0, 1)).crowd();
      if (crowd.answered() == crowd.calls()) {
        return;
      }
    }
  }

  /** Callers on each instance, all released at the same time, with nothing in any cache. */
  private Herd herd(RungKind kind, LookupSettings lookup, int callersPerId, List<Key> called)
      throws Exception {
    open(kind, lookup);
    for (WorkerProcess worker : workers) {
      worker.prepare(callersPerId, called);
    }
    Counts before = database.counts();
    List<Future<WorkerHerd.Result>> running = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      running.add(threads.submit(worker::go));
    }
    WorkerHerd.Result total = new WorkerHerd.Result(0, 0, 0, 0);
    for (Future<WorkerHerd.Result> each : running) {
      total = total.plus(each.get());
    }
    Counts counted = database.counts().since(before);
    return new Herd(called.size(), counted.queries(), counted.rowsRead(), total);
  }

  private void open(RungKind kind, LookupSettings lookup)
      throws IOException, InterruptedException, ExecutionException {
    redis.flushAll();
    List<Future<?>> opening = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      opening.add(
          threads.submit(
              () -> {
                worker.open(kind, lookup.query().toString());
                return null;
              }));
    }
    for (Future<?> each : opening) {
      each.get();
    }
  }

  /*
   * A row changes while it is loaded, always in this order:
   *
   *   1  the first instance loads: it has read version 1, and is held in the database
   *   2  version 2 is written and committed; the second instance invalidates the id
   *   3  a read begins on the third instance; it may wait for the load
   *   4  after 200 ms the load continues, and ends
   *   5  50 and 700 ms later, each instance reads the row
   *
   * A read of 3 and 5 that returns version 1 is stale. The load of 1 may return it.
   */
  private int staleReads(RungKind kind) throws Exception {
    open(kind, database.gated());
    int stale = 0;
    for (Key id : ids.subList(0, STALE_ROUNDS)) {
      database.write(id, 1);
      Future<Long> load;
      Future<Long> first;
      database.closeGate();
      try {
        load = threads.submit(() -> workers.get(0).get(id));
        awaitAtGate();
        database.write(id, 2);
        workers.get(1).invalidate(id);
        first = threads.submit(() -> workers.get(2).get(id));
        pauseUntil(System.nanoTime() + HELD.toNanos());
      } finally {
        database.openGate();
      }
      require(load.get() == 1, "the held load has read version 1");
      long endedNanos = System.nanoTime();
      stale += first.get() < 2 ? 1 : 0;
      for (Duration read : READS) {
        pauseUntil(endedNanos + read.toNanos());
        for (WorkerProcess worker : workers) {
          stale += worker.get(id) < 2 ? 1 : 0;
        }
      }
    }
    return stale;
  }

  private void awaitAtGate() {
    long endNanos = System.nanoTime() + LIMIT.toNanos();
    while (database.atGate() < 1) {
      require(System.nanoTime() - endNanos < 0, "a load is held");
      LockSupport.parkNanos(POLL.toNanos());
    }
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

  @Override
  public void close() {
    workers.forEach(WorkerProcess::close);
    threads.shutdownNow();
    redis.close();
  }
}
