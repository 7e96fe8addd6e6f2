package io.loadonce.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.FaultProxy;
import io.loadonce.db.TestDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.v1.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL is there, and refuses: rights, limits, another table of the same name. */
@Tag("slow")
@Timeout(60)
class DatabaseRefusalTest {

  private static final String UNAVAILABLE = "UNAVAILABLE DATABASE_UNAVAILABLE";
  private static final String QUERY_FAILED = "INTERNAL QUERY_FAILED";

  private final CountedDatabase postgres = TestDatabase.POSTGRESQL.database();

  @BeforeEach
  void createTable() {
    postgres.execute(
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clerk') THEN
            CREATE ROLE clerk LOGIN;
          END IF;
        END $$;
        ALTER ROLE clerk CONNECTION LIMIT -1;
        ALTER ROLE clerk RESET ALL;
        DROP TABLE IF EXISTS ware;
        CREATE TABLE ware (id BIGINT PRIMARY KEY, name TEXT);
        INSERT INTO ware SELECT n, 'ware ' || n FROM generate_series(1, 100) n;
        GRANT SELECT ON ware TO clerk;
        """);
  }

  @Test
  void get_rightsAreRevokedMeanwhile_isQueryFailedUntilTheyAreGranted() {
    try (RunningService service = service("SELECT id, name FROM ware WHERE id IN (:ids)");
        LogLines log = new LogLines()) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();

      postgres.execute("REVOKE SELECT ON ware FROM clerk");
      assertThat(Calls.get(service, "2").status()).isEqualTo(QUERY_FAILED);
      assertThat(log.texts())
          .anyMatch(line -> line.contains("QUERY_FAILED") && line.contains("permission denied"));

      postgres.execute("GRANT SELECT ON ware TO clerk");
      assertThat(Calls.get(service, "2").isOk()).isTrue();
      assertThat(log.longest()).isLessThan(500);
      assertThat(log.traces()).isZero();
    }
  }

  @Test
  void start_rightsAreMissing_isRefusedWithTheWordsOfTheDatabase() {
    postgres.execute("REVOKE SELECT ON ware FROM clerk");

    assertThatThrownBy(() -> service("SELECT id, name FROM ware WHERE id IN (:ids)").close())
        .hasMessageContaining("permission denied for table ware");
  }

  /** The statement has a name in the sessions by then. */
  @Test
  void get_tableIsMadeAnewWithOtherTypes_isItsNewRow() {
    try (RunningService service = service("SELECT * FROM ware WHERE id IN (:ids)")) {
      for (int id = 1; id <= 60; id++) {
        assertThat(name(service, id)).isEqualTo("ware " + id);
      }

      postgres.execute(
          """
          DROP TABLE ware;
          CREATE TABLE ware (name NUMERIC, more TEXT, id BIGINT PRIMARY KEY);
          INSERT INTO ware SELECT n / 4.0, 'more', n FROM generate_series(1, 100) n;
          GRANT SELECT ON ware TO clerk;
          """);

      for (int id = 61; id <= 100; id++) {
        assertThat(Double.parseDouble(name(service, id))).isEqualTo(id / 4.0);
      }
    }
  }

  @Test
  void get_tableIsDroppedMeanwhile_isQueryFailedUntilItIsBack() {
    try (RunningService service = service("SELECT * FROM ware WHERE id IN (:ids)")) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();
      postgres.execute("ALTER TABLE ware RENAME TO ware_away");

      assertThat(Calls.get(service, "2").status()).isEqualTo(QUERY_FAILED);

      postgres.execute("ALTER TABLE ware_away RENAME TO ware");
      assertThat(Calls.get(service, "2").isOk()).isTrue();
    }
  }

  /** As after a failover to a standby. */
  @Test
  void get_databaseIsReadOnly_isTheRow() {
    postgres.execute("ALTER SYSTEM SET default_transaction_read_only = on");
    try (RunningService service = service("SELECT * FROM ware WHERE id IN (:ids)")) {
      postgres.execute("SELECT pg_reload_conf()");
      postgres.cutConnections();

      assertThat(Calls.get(service, "1").isOk()).isTrue();
    } finally {
      postgres.execute("SET default_transaction_read_only = off");
      postgres.execute("ALTER SYSTEM RESET default_transaction_read_only");
      postgres.execute("SELECT pg_reload_conf()");
    }
  }

  @Test
  void get_statementTimeoutOfTheDatabase_isUnavailable() {
    try (RunningService service =
        service("SELECT id FROM ware WHERE id IN (:ids) AND (SELECT TRUE FROM pg_sleep(1))")) {
      postgres.execute("ALTER ROLE clerk SET statement_timeout = '100ms'");
      cutConnectionsOfClerk();

      Calls.Ended end = Calls.get(service, "1");

      assertThat(end.status()).isEqualTo(UNAVAILABLE);
      assertThat(end.took()).isLessThan(Duration.ofSeconds(1));
      Calls.awaitIdle(service, Duration.ofSeconds(2));
    }
  }

  @Test
  void get_databaseHasNoConnectionLeft_isUnavailableAndRecovers() {
    try (RunningService service = service("SELECT * FROM ware WHERE id IN (:ids)");
        LogLines log = new LogLines()) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();
      postgres.execute("ALTER ROLE clerk CONNECTION LIMIT 0");
      cutConnectionsOfClerk();

      assertThat(Calls.get(service, "2").status()).isEqualTo(UNAVAILABLE);
      assertThat(log.texts())
          .anyMatch(line -> line.contains(" as clerk failed: FATAL: too many connections"));
      await().until(() -> Calls.metrics(service).contains("\nloadonce_database_unreachable 1.0\n"));

      postgres.execute("ALTER ROLE clerk CONNECTION LIMIT -1");
      Calls.awaitEnd(service, "2", Calls.Ended::isOk);
      assertThat(log.texts()).anyMatch(line -> line.endsWith(" works again"));
      assertThat(log.longest()).isLessThan(500);
      assertThat(log.traces()).isZero();
    }
  }

  @Test
  void get_eachReplyIsWrongBytes_isUnavailableWithOneLine() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(postgres.url());
        RunningService service =
            service("SELECT * FROM ware WHERE id IN (:ids)", proxy.url(postgres.url()));
        LogLines log = new LogLines()) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();
      proxy.breakEach(new FaultProxy.Fault.WrongBytes());

      assertThat(Calls.get(service, "2").status()).isEqualTo(UNAVAILABLE);
      await().until(() -> log.texts().stream().anyMatch(line -> line.startsWith("connection to")));
      assertThat(log.texts())
          .anyMatch(line -> line.startsWith("a load failed, and its callers got DATABASE_"));
      assertThat(log.longest()).isLessThan(500);
      assertThat(log.traces()).isZero();

      proxy.heal();
      Calls.awaitEnd(service, "2", Calls.Ended::isOk);
    }
  }

  private void cutConnectionsOfClerk() {
    postgres.number(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'clerk'");
  }

  private RunningService service(String query) {
    return service(query, postgres.url());
  }

  private static RunningService service(String query, String url) {
    Map<String, String> flags = new HashMap<>();
    flags.put("--db-url", url);
    flags.put("--db-user", "clerk");
    flags.put("--query", query);
    flags.put("--pool-size", "2");
    return RunningService.with(flags);
  }

  private static String name(RunningService service, int id) {
    Resource row = Objects.requireNonNull(Calls.get(service, Integer.toString(id)).row());
    var name = row.getData().getFieldsOrThrow("name");
    return name.hasNumberValue() ? Double.toString(name.getNumberValue()) : name.getStringValue();
  }
}
