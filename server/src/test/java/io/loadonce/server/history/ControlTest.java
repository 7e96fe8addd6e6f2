package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A check that cannot fail is no check: the same histories, of engines that break the promises.
 * {@code ContenderHistoryTest} in bench shows the same judge the caches of others.
 */
@Tag("slow")
class ControlTest {
  private static final int READS = Integer.getInteger("history.control.reads", 40_000);
  private static final long SEED = Long.getLong("history.seed", 1);

  private static HistoryDatabase database;

  @BeforeAll
  static void startDatabase() throws IOException, SQLException {
    database = HistoryDatabase.start(HistoryRun.IDS);
  }

  @ParameterizedTest
  @EnumSource
  void read_promiseIsBroken_isFound(Control control) throws Exception {
    HistoryPlan plan = HistoryPlan.untilBroken(SEED, READS, control.demands());
    try (HistorySubject subject = control.open(database)) {
      Verdict verdict = new HistoryRun(plan, database, subject).run();
      assertThat(control.broken(verdict)).as(verdict.toString()).isPositive();
    }
  }
}
