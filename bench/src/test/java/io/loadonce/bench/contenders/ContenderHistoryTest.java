package io.loadonce.bench.contenders;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Immutable;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.server.history.DelayedSource;
import io.loadonce.server.history.HistoryDatabase;
import io.loadonce.server.history.HistoryPlan;
import io.loadonce.server.history.HistoryRun;
import io.loadonce.server.history.HistorySubject;
import io.loadonce.server.history.Verdict;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The judge of the histories, shown caches that are not ours: it must find the stale reads of those
 * that have some, and none where there are none.
 */
@Tag("slow")
class ContenderHistoryTest {
  private static final int READS = Integer.getInteger("history.control.reads", 40_000);
  private static final int READS_OF_CLEAN = Integer.getInteger("history.control.clean", 10_000);
  private static final long SEED = Long.getLong("history.seed", 1);
  private static final Duration MAX_DELAY = Duration.ofMillis(3);

  private static HistoryDatabase database;

  /** Contenders that serve stale rows after an invalidation. */
  enum Stale {
    CACHE_ASIDE(NoLock::new),
    CACHE_ASIDE_ONE_LOCK_SECOND_LOOK(OneLockSecondLook::new),
    CAFFEINE_GET_ALL(CaffeineGetAll::new),
    GUAVA_GET(GuavaGet::new);

    private final Opening opening;

    Stale(Opening opening) {
      this.opening = opening;
    }
  }

  /** Opens a contender over a source. */
  @Immutable
  interface Opening {
    Contender open(Source<Key, Row> source);
  }

  @BeforeAll
  static void startDatabase() throws IOException, SQLException {
    database = HistoryDatabase.start(HistoryRun.IDS);
  }

  @AfterAll
  static void endDatabase() throws IOException {
    database.close();
  }

  @ParameterizedTest
  @EnumSource
  void read_invalidationDoesNotReachTheLoad_staleReadIsFound(Stale stale) throws Exception {
    HistoryPlan plan = HistoryPlan.untilBroken(SEED, READS, /* demands= */ 0);
    assertThat(verdict(stale.opening, plan).stale()).as(stale.toString()).isPositive();
  }

  /** Its invalidation waits for the load of that id to end. */
  @Test
  void read_caffeineGet_noStaleRead() throws Exception {
    HistoryPlan plan = HistoryPlan.untilBroken(SEED, READS_OF_CLEAN, /* demands= */ 0);
    Verdict verdict = verdict(CaffeineGet::new, plan);
    assertThat(verdict.isClean()).as(verdict.first()).isTrue();
  }

  private static Verdict verdict(Opening opening, HistoryPlan plan) throws Exception {
    try (OneLookup.Open<Row> rows = database.settings(MAX_DELAY).open();
        HistorySubject subject =
            new ContenderSubject(opening.open(new DelayedSource<>(rows, MAX_DELAY)))) {
      return new HistoryRun(plan, database, subject).run();
    }
  }
}
