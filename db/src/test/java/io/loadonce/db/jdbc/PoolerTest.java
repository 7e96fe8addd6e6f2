package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.PgBouncer;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of PostgreSQL that PgBouncer shares with other applications. */
@Tag("slow")
@Timeout(60)
final class PoolerTest {

  private static final Key PARIS = Key.of("2988507");
  private static final Key BERLIN = Key.of("2950159");
  private static final int THREADS = 8;

  @TempDir static Path directory;
  private static PgBouncer pooler;

  private final CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @BeforeAll
  static void start() throws Exception {
    PgBouncer.assumeInstalled();
    pooler = PgBouncer.start(TestDatabase.POSTGRESQL.database(), directory);
  }

  @AfterAll
  static void stop() {
    if (pooler != null) {
      pooler.close();
    }
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  /** The default would leave its mark on the sessions, so the pooler has to refuse it. */
  @Test
  void run_withoutReadOnlyMode_isUnavailableAndTheReasonNamesIt() {
    OneLookup lookup = through("");
    try (var source = lookup.open()) {
      assertThatThrownBy(() -> source.query(List.of(PARIS)).run())
          .isInstanceOf(SourceException.Unavailable.class);
      SQLException failure = Objects.requireNonNull(source.database().connectFailure());
      assertThat(
              ConnectFailure.describe(
                  lookup.database().url(),
                  ConnectionPool.properties(lookup.database(), "", "test"),
                  failure))
          .contains("unsupported startup parameter: options")
          .endsWith("; behind a pooler, db-url needs readOnlyMode=transaction");
    }
  }

  @Test
  void run_readOnlyTransactions_otherApplicationsCanWriteMeanwhileAndAfterwards() throws Exception {
    postgres.execute("CREATE TABLE IF NOT EXISTS written (id INT)");
    String write = "INSERT INTO written SELECT 1 FROM pg_sleep(0.02)";
    try (var source = through("?readOnlyMode=transaction").open()) {
      List<Callable<Integer>> mixed = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        mixed.add(() -> source.query(List.of(PARIS)).run().size());
        mixed.add(() -> execute(write));
      }
      assertThat(all(mixed)).isEqualTo(200);
    }
    List<Callable<Integer>> later = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      later.add(() -> execute(write));
    }
    assertThat(all(later)).isEqualTo(THREADS);
  }

  /** Two queries have a statement of the same name in each session, if they use names. */
  @Test
  void run_twoLookups_noQueryFailsAndNoneGetsTheOthersRows() throws Exception {
    try (var source = through("?readOnlyMode=transaction").open();
        var other =
            through(
                    "SELECT id, 'other' AS name FROM city WHERE id IN (:ids)",
                    "?readOnlyMode=transaction")
                .open()) {
      List<Callable<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 240; i++) {
        runs.add(() -> isNamed("Paris", source.query(List.of(PARIS)).run()));
        runs.add(() -> isNamed("other", other.query(List.of(PARIS)).run()));
      }
      assertThat(all(runs)).isEqualTo(480);
    }
  }

  /** With names, the statement of another client would be run. */
  @Test
  void run_urlAsksForNames_noneAreUsed() throws Exception {
    try (var source = through("?readOnlyMode=ignore&prepareThreshold=1").open()) {
      List<Callable<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 480; i++) {
        runs.add(() -> isNamed("Paris", source.query(List.of(PARIS)).run()));
      }
      assertThat(all(runs)).isEqualTo(480);
    }
  }

  @Test
  void run_queryThatWritesInATransaction_isRefused() {
    postgres.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS id");
    postgres.execute(
        "CREATE OR REPLACE FUNCTION drop_kept() RETURNS INT LANGUAGE sql AS 'DELETE FROM kept;"
            + " SELECT 1'");
    try (var source =
        through(
                "SELECT id, drop_kept() AS w FROM city WHERE id IN (:ids)",
                "?readOnlyMode=transaction")
            .open()) {
      assertThatThrownBy(() -> source.query(List.of(PARIS)).run())
          .isInstanceOf(SourceException.QueryFailed.class)
          .hasMessage("the database rejected the query (SQLState 25006)");
    }
    assertThat(postgres.number("SELECT COUNT(*) FROM kept")).isEqualTo(1);
  }

  /** The failed statement has ended its transaction, and the others need new ones. */
  @Test
  void run_oneIdFailsInATransaction_theOtherHasItsRow() throws Exception {
    String query = "SELECT id, 1 / (id - 2988507) AS n FROM city WHERE id IN (:ids)";
    try (var source = through(query, "?readOnlyMode=transaction").withPoolSize(1).open()) {
      Map<Key, SourceRow<Row>> rows = source.query(List.of(PARIS, BERLIN)).run();

      assertThat(rows.get(PARIS)).isInstanceOf(SourceRow.Unusable.class);
      assertThat(rows.get(BERLIN)).isInstanceOf(SourceRow.Found.class);
      assertThat(source.query(List.of(BERLIN)).run()).hasSize(1);
    }
  }

  private OneLookup through(String parameters) {
    OneLookup lookup = postgres.settings();
    return lookup.withUrl(pooler.url(postgres.url()) + parameters);
  }

  private OneLookup through(String query, String parameters) {
    return new OneLookup(through(parameters).database(), postgres.settings(query).lookup());
  }

  private int all(List<Callable<Integer>> tasks) throws Exception {
    int sum = 0;
    for (Future<Integer> future : threads.invokeAll(tasks)) {
      sum += future.get();
    }
    return sum;
  }

  private int execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                pooler.url(postgres.url()) + "?prepareThreshold=0", postgres.user(), "");
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static int isNamed(String name, Map<Key, SourceRow<Row>> rows) {
    assertThat(rows.get(PARIS))
        .isInstanceOfSatisfying(
            SourceRow.Found.class,
            found ->
                assertThat(((Row) found.value()).data().getFieldsOrThrow("name").getStringValue())
                    .isEqualTo(name));
    return 1;
  }
}
