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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * The promises F2 to F5, on many reads from three instances that share a Redis. {@code
 * -Dfleet.reads} sets their number, and {@code -Dfleet.seed} repeats those of an earlier run; the
 * long form is {@code -Dfleet.reads=500000}.
 */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class FleetHistoryTest {
  private static final int READS = Integer.getInteger("fleet.reads", 12_000);
  private static final int READS_PER_RUN = 3_000;
  private static final int MAX_ROUNDS = 3;
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
      Verdict total = run(subject, faults::rounds, READS * 3 / 5);
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
      Verdict total = run(subject, faults::rounds, READS / 2);
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

  /**
   * Runs until so many reads are judged and each fault has happened. An instance is waited out only
   * if an invalidation with STRENGTH_SEEN is sent shortly after it falls silent. On a busy machine
   * a round may pass without one; then reading continues until an instance is waited out or {@link
   * #MAX_ROUNDS} rounds are over.
   */
  private static Verdict run(FleetSubject subject, IntSupplier rounds, int reads) throws Exception {
    Verdict total = Verdict.NONE;
    while (total.isClean()
        && (rounds.getAsInt() == 0
            || total.judged() < reads
            || (subject.waitedOut() == 0 && rounds.getAsInt() < MAX_ROUNDS))) {
      HistoryPlan plan = HistoryPlan.of(SEED + total.judged(), READS_PER_RUN);
      total = total.plus(new HistoryRun(plan, database, subject).run());
    }
    return total;
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
