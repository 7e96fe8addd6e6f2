package io.loadonce.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The instrument itself: it must show a query too many before it may show none. */
@Tag("slow")
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class CountedDatabaseTest {

  private final CountedDatabase database;

  CountedDatabaseTest(TestDatabase kind) {
    database = kind.database();
    database.reset();
  }

  @Test
  void queries_oneStatementForTwoIds_countsOne() throws SQLException {
    assertThat(ask(database.settings(), 2988507, 2950159)).isEqualTo(2);

    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId()).isEqualTo(Map.of("2988507", 1L, "2950159", 1L));
  }

  @Test
  void queries_plantedSecondStatement_countsTwo() throws SQLException {
    ask(database.settings(), 2988507);
    ask(database.settings(), 2988507);

    assertThat(database.queries()).isEqualTo(2);
    assertThat(database.loadsPerId()).isEqualTo(Map.of("2988507", 2L));
  }

  @Test
  void queries_idWithoutRow_isCountedToo() throws SQLException {
    assertThat(ask(database.settings(), -1)).isZero();

    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId()).isEqualTo(Map.of("-1", 1L));
  }

  @Test
  void failingQuery_run_failsAfterTheDelayAndCountsOne() {
    OneLookup failing = database.settings(database.failingQuery(Duration.ofMillis(300)));
    long start = System.nanoTime();

    assertThatThrownBy(() -> ask(failing, 2988507)).hasMessageContaining("planted failure");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId()).isEqualTo(Map.of("2988507", 1L));
  }

  @Test
  void slowQuery_withAndWithoutRows_takesTheDelayOnce() throws SQLException {
    OneLookup slow = database.settings(database.slowQuery(Duration.ofMillis(200)));
    for (long[] ids : new long[][] {{2988507, 2950159}, {-1, -2}}) {
      long start = System.nanoTime();
      ask(slow, ids);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(190), Duration.ofMillis(390));
    }
  }

  @Test
  void runningStatements_whileOneRuns_isOneAndThenZero() throws Exception {
    OneLookup slow = database.settings(database.slowQuery(Duration.ofMillis(400)));
    assertThat(database.runningStatements()).isZero();

    Thread reader = Thread.ofVirtual().start(() -> assertThat(quietly(slow)).isEqualTo(1));

    await().until(() -> database.runningStatements() == 1);
    reader.join();
    assertThat(database.runningStatements()).isZero();
  }

  private long quietly(OneLookup settings) {
    try {
      return ask(settings, 2988507);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long ask(OneLookup settings, long... ids) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(settings.database().url(), settings.database().user(), "");
        PreparedStatement statement =
            connection.prepareStatement(settings.lookup().query().sql(ids.length))) {
      for (int i = 0; i < ids.length; i++) {
        statement.setLong(i + 1, ids[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        long rows = 0;
        while (result.next()) {
          rows++;
        }
        return rows;
      }
    }
  }
}
