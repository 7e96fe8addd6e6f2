package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.server.history.HistorySubject.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * No client calls Invalidate: the change listener invalidates, and its connection is cut
 * repeatedly.
 */
@Tag("slow")
class ListenHistoryTest {
  private static final int READS = Integer.getInteger("history.reads", 100_000) / 5;

  /** More than can be made before the promise begins. */
  private static final int MOST_READS = 500_000;

  private static final int UPDATES = 1_000;
  private static final int UPDATES_PER_CUT = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long SEED =
      Long.getLong("history.seed", new SplittableRandom().nextInt(1_000_000));

  @TempDir private static Path directory;
  private static HistoryDatabase database;

  private TestReporter reporter;

  @BeforeAll
  static void startDatabase() throws IOException, SQLException {
    database = HistoryDatabase.start(HistoryRun.IDS, directory).withTriggers();
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
  void read_listenIsCut_keepsEveryPromiseAMomentLater() throws Exception {
    try (ListeningSubject subject = new ListeningSubject(database, Variant.SLOW_LOADS);
        Faults faults = Faults.start(database, SEED)) {
      Verdict verdict = new HistoryRun(HistoryPlan.of(SEED, READS), database, subject).run();
      reporter.publishEntry(
          "fresh within %d ms, %s".formatted(subject.freshWithin().toMillis(), faults.summary()),
          verdict + ", seed " + SEED);
      assertClean(verdict);
    }
  }

  @Test
  void read_databaseIsKilled_keepsEveryPromiseAMomentLater() throws Exception {
    try (ListeningSubject subject = new ListeningSubject(database, Variant.SLOW_LOADS);
        Faults faults = Faults.withKills(database, SEED)) {
      Verdict verdict =
          faults.untilKilled(/* kills= */ 1, HistoryPlan.of(SEED, READS / 5), subject);
      reporter.publishEntry(faults.summary(), verdict + ", seed " + SEED);
      assertClean(verdict);
    }
  }

  @Test
  void read_listenerIsClosed_brokenPromiseIsFound() throws Exception {
    try (ListeningSubject subject = new ListeningSubject(database, Variant.SLOW_LOADS)) {
      await().atMost(TIMEOUT).until(subject::isConnected);
      subject.stopListening();
      HistoryPlan plan = HistoryPlan.untilBroken(SEED, MOST_READS, /* demands= */ 0);
      Verdict verdict = new HistoryRun(plan, database, subject).run();
      reporter.publishEntry("without a listener", verdict + ", seed " + SEED);
      assertThat(verdict.stale()).as("seed %d", SEED).isPositive();
    }
  }

  @Test
  void read_listenWasCutDuringUpdates_isFreshAfterTheResync() throws Exception {
    try (ListeningSubject subject = new ListeningSubject(database, Variant.PLAIN)) {
      await().atMost(TIMEOUT).until(subject::isConnected);
      readAll(subject);
      long[] versions = update();
      waitFor(subject.freshWithin());
      await().atMost(TIMEOUT).until(subject::isConnected);
      long[] read = readAll(subject);
      assertThat(read).isEqualTo(versions);
    }
  }

  private static void assertClean(Verdict verdict) {
    assertThat(verdict.isClean())
        .as("%s; repeat it with -Dhistory.seed=%d", verdict.first(), SEED)
        .isTrue();
  }

  /** Returns the version of each row afterwards. */
  private static long[] update() throws SQLException {
    long[] versions = new long[HistoryRun.IDS];
    try (Connection connection = database.connect("fixture");
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE history SET version = version + 1, payload = version + 1 WHERE id = ?"
                    + " RETURNING version")) {
      for (int i = 0; i < UPDATES; i++) {
        if (i % UPDATES_PER_CUT == 0) {
          database.cutConnections("loadonce-listen");
        }
        update.setLong(1, i % HistoryRun.IDS);
        try (ResultSet result = update.executeQuery()) {
          result.next();
          versions[i % HistoryRun.IDS] = result.getLong(1);
        }
      }
    }
    return versions;
  }

  private static long[] readAll(HistorySubject subject) throws InterruptedException {
    long[] versions = new long[HistoryRun.IDS];
    Arrays.fill(versions, Long.MAX_VALUE);
    for (int id = 0; id < HistoryRun.IDS; id++) {
      if (subject.read(id, ReadLog.ANY) instanceof Answer.Row(long version)) {
        versions[id] = version;
      }
    }
    return versions;
  }

  private static void waitFor(Duration duration) throws InterruptedException {
    var _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
