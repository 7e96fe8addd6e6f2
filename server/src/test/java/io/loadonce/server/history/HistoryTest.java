package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.load.LookupCounts.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises G2, G3 and G4, on many reads. {@code -Dhistory.reads} sets their number, and {@code
 * -Dhistory.seed} repeats those of an earlier run.
 */
@Tag("slow")
class HistoryTest {
  private static final int READS = Integer.getInteger("history.reads", 100_000);
  private static final long SEED =
      Long.getLong("history.seed", new SplittableRandom().nextInt(1_000_000));

  /** How often the database is killed for each subject, at least. */
  private static final int KILLS = 2;

  @TempDir private static Path directory;
  private static HistoryDatabase database;

  private TestReporter reporter;

  @BeforeAll
  static void startDatabase() throws IOException, SQLException {
    database = HistoryDatabase.start(HistoryRun.IDS, directory);
  }

  @AfterAll
  static void endDatabase() throws IOException {
    database.close();
  }

  @BeforeEach
  void setReporter(TestReporter given) {
    reporter = given;
  }

  @Test
  void read_invalidationsRaceLoads_keepsEveryPromise() throws Exception {
    Verdict total = Verdict.NONE;
    for (Variant variant : Variant.values()) {
      try (LoadOnceSubject subject = new LoadOnceSubject(database, variant)) {
        HistoryRun run = new HistoryRun(HistoryPlan.of(SEED, share(READS)), database, subject);
        Verdict verdict = run.run();
        report("clean, " + variant, verdict);
        assertThat(run.brokenWrites()).isZero();
        total = total.plus(verdict);
      }
    }
    try (GrpcSubject subject = new GrpcSubject(database, Variant.SLOW_LOADS)) {
      HistoryPlan plan = HistoryPlan.of(SEED, share(READS));
      Verdict verdict = new HistoryRun(plan, database, subject).run();
      report("clean, over gRPC", verdict);
      total = total.plus(verdict);
    }
    report("clean, all", total);
    assertClean(total);
    assertThat(total.failed()).as("a busy machine").isLessThan(total.judged() / 100);
  }

  @Test
  void read_databaseFailsRepeatedly_keepsEveryPromise() throws Exception {
    Verdict total = Verdict.NONE;
    for (Variant variant : Variant.values()) {
      try (LoadOnceSubject subject = new LoadOnceSubject(database, variant);
          Faults faults = Faults.start(database, SEED)) {
        HistoryPlan plan = HistoryPlan.of(SEED, share(READS * 2 / 5));
        Verdict verdict = new HistoryRun(plan, database, subject).run();
        report("faults, " + variant + ", " + faults.summary(), verdict);
        if (variant == Variant.OLD_ROWS) {
          assertThat(subject.engine().counts().count(Ending.STALE))
              .as("stale rows served, seed %d", SEED)
              .isPositive();
        }
        total = total.plus(verdict);
      }
    }
    try (GrpcSubject subject = new GrpcSubject(database, Variant.SLOW_LOADS);
        Faults faults = Faults.start(database, SEED)) {
      HistoryPlan plan = HistoryPlan.of(SEED, share(READS * 2 / 5));
      Verdict verdict = new HistoryRun(plan, database, subject).run();
      report("faults, over gRPC, " + faults.summary(), verdict);
      total = total.plus(verdict);
    }
    report("faults, all", total);
    assertClean(total);
  }

  @Test
  void read_databaseIsKilled_keepsEveryPromise() throws Exception {
    try (LoadOnceSubject subject = new LoadOnceSubject(database, Variant.OLD_ROWS)) {
      readUntilKilled("kills, " + Variant.OLD_ROWS, subject);
    }
    try (GrpcSubject subject = new GrpcSubject(database, Variant.SLOW_LOADS)) {
      readUntilKilled("kills, over gRPC", subject);
    }
  }

  private void readUntilKilled(String what, HistorySubject subject) throws Exception {
    try (Faults faults = Faults.withKills(database, SEED)) {
      Verdict verdict = faults.untilKilled(KILLS, HistoryPlan.of(SEED, share(READS / 5)), subject);
      report(what + ", " + faults.summary(), verdict);
      assertClean(verdict);
    }
  }

  /** Each variant of the engine, and the service over gRPC. */
  private static int share(int reads) {
    return Math.ceilDiv(reads, Variant.values().length + 1);
  }

  private void report(String what, Verdict verdict) {
    reporter.publishEntry(what, verdict + ", seed " + SEED);
  }

  private static void assertClean(Verdict verdict) {
    assertThat(verdict.isClean())
        .as("%s; repeat it with -Dhistory.reads=%d -Dhistory.seed=%d", verdict.first(), READS, SEED)
        .isTrue();
  }
}
