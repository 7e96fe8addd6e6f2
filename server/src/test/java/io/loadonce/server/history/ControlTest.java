package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.history.Control.Expected;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge finds violations: the same histories, on caches that break the promises. */
@Tag("slow")
class ControlTest {
  private static final int READS = Integer.getInteger("history.control.reads", 40_000);
  private static final int READS_OF_CLEAN = Integer.getInteger("history.control.clean", 10_000);
  private static final long SEED = Long.getLong("history.seed", 1);

  private static HistoryDatabase database;

  @BeforeAll
  static void startDatabase() throws IOException, SQLException {
    database = HistoryDatabase.start(HistoryRun.IDS);
  }

  @ParameterizedTest
  @EnumSource
  void read_controlBreaksAPromise_isFound(Control control) throws Exception {
    int reads = control.expected() == Expected.CLEAN ? READS_OF_CLEAN : READS;
    HistoryPlan plan = HistoryPlan.untilBroken(SEED, reads, control.demands());
    try (HistorySubject subject = control.open(database)) {
      Verdict verdict = new HistoryRun(plan, database, subject).run();
      System.out.println("history, control " + control + ": " + verdict);
      switch (control.expected()) {
        case STALE -> assertThat(verdict.stale()).isPositive();
        case BELOW -> assertThat(verdict.below()).isPositive();
        case CLEAN -> assertThat(verdict.isClean()).as(verdict.first()).isTrue();
      }
    }
  }
}
