package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.server.RunningService;
import io.loadonce.server.tier.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * The promises F2 to F5, on many reads from three instances that share a Redis. {@code
 * -Dfleet.reads} sets their number, and {@code -Dfleet.seed} repeats those of an earlier run; the
 * long form is {@code -Dfleet.reads=500000}.
 */
@Tag("slow")
class FleetHistoryTest {
  private static final int READS = Integer.getInteger("fleet.reads", 12_000);
  private static final int READS_PER_RUN = 3_000;
  private static final long SEED =
      Long.getLong("fleet.seed", new SplittableRandom().nextInt(1_000_000));

  private static HistoryDatabase database;
  private static RedisServer redis;

  @BeforeAll
  static void startServers() throws Exception {
    redis = RedisServer.start();
    database = HistoryDatabase.start(HistoryRun.IDS);
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (redis != null) {
      redis.close();
      database.close();
    }
  }

  @Test
  void read_invalidationsThroughAnyInstance_keepsEveryPromise(TestReporter reporter)
      throws Exception {
    try (FleetSubject subject = FleetSubject.start(database, redis, FleetHistoryTest::service)) {
      Verdict verdict = new HistoryRun(HistoryPlan.of(SEED, READS), database, subject).run();
      report(reporter, "clean, " + subject.summary(), verdict);
      assertThat(subject.seen()).isPositive();
    }
  }

  @Test
  void read_redisFails_keepsEveryPromiseAndFailsNoCall(TestReporter reporter) throws Exception {
    try (FleetSubject subject = FleetSubject.start(database, redis, FleetHistoryTest::service);
        FleetFaults faults = FleetFaults.start(redis, SEED)) {
      Verdict total = Verdict.NONE;
      while (total.isClean() && (faults.rounds() == 0 || total.judged() < READS * 3 / 5)) {
        HistoryPlan plan = HistoryPlan.of(SEED + total.judged(), READS_PER_RUN);
        total = total.plus(new HistoryRun(plan, database, subject).run());
      }
      report(
          reporter, "%d rounds of faults, %s".formatted(faults.rounds(), subject.summary()), total);
      assertThat(subject.waitedOut()).as("instances waited out").isPositive();
    }
  }

  /**
   * The instances are processes. A read from one that has ended fails and promises nothing; what
   * one returns that was suspended is judged as ever.
   */
  @Test
  void read_instancesAreSuspendedAndEnd_keepsEveryPromise(TestReporter reporter) throws Exception {
    List<InstanceProcess> processes = new ArrayList<>();
    try (FleetSubject subject =
            FleetSubject.start(
                database,
                redis,
                flags -> {
                  InstanceProcess started = InstanceProcess.start(flags);
                  processes.add(started);
                  return new FleetSubject.Instance(started, started.port(), started.adminAddress());
                });
        InstanceFaults faults = InstanceFaults.start(processes, SEED)) {
      Verdict total = Verdict.NONE;
      while (total.isClean() && (faults.rounds() == 0 || total.judged() < READS / 2)) {
        HistoryPlan plan = HistoryPlan.of(SEED + total.judged(), READS_PER_RUN);
        total = total.plus(new HistoryRun(plan, database, subject).run());
      }
      reportClean(
          reporter,
          "%d rounds of instances suspended, stopped and killed, %s"
              .formatted(faults.rounds(), subject.summary()),
          total);
      assertThat(subject.waitedOut()).as("instances waited out").isPositive();
    }
  }

  @Test
  void start_oneInstanceFails_endsTheOthers() {
    AtomicInteger starts = new AtomicInteger();
    AtomicInteger ends = new AtomicInteger();
    FleetSubject.Starter failing =
        _ -> {
          if (starts.incrementAndGet() == FleetSubject.INSTANCES) {
            throw new IOException("planted failure");
          }
          AutoCloseable stubborn =
              () -> {
                ends.getAndIncrement();
                throw new IOException("planted failure of the end");
              };
          return new FleetSubject.Instance(stubborn, 1, "127.0.0.1:1");
        };

    assertThatThrownBy(() -> FleetSubject.start(database, redis, failing))
        .hasMessage("planted failure")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .satisfies(end -> assertThat(end.getSuppressed()).hasSize(2)));
    assertThat(ends).hasValue(2);
  }

  private static FleetSubject.Instance service(Map<String, String> flags) {
    RunningService service = RunningService.with(flags);
    return new FleetSubject.Instance(service, service.grpcPort(), service.admin().toString());
  }

  private static void report(TestReporter reporter, String what, Verdict verdict) {
    reportClean(reporter, what, verdict);
    assertThat(verdict.failed()).as(verdict.firstFailure()).isZero();
  }

  private static void reportClean(TestReporter reporter, String what, Verdict verdict) {
    reporter.publishEntry(what, verdict + ", seed " + SEED);
    assertThat(verdict.isClean())
        .as("%s; repeat it with -Dfleet.reads=%d -Dfleet.seed=%d", verdict.first(), READS, SEED)
        .isTrue();
  }
}
