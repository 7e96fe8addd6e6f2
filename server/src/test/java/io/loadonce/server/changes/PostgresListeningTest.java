package io.loadonce.server.changes;

import static io.loadonce.server.changes.ListeningService.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.OneLookup;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.load.Outcome.Origin;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Changes made by SQL in a real PostgreSQL, received over LISTEN. */
@Tag("slow")
class PostgresListeningTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** A commit is seen after a few milliseconds; a busy machine may need longer. */
  private static final Duration FRESH_WITHIN = Duration.ofSeconds(5);

  private static final String QUERY = "SELECT id, version FROM item WHERE id IN (:ids)";

  private static EmbeddedPostgres postgres;

  private TestReporter reporter;
  private ListeningService service;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void fill(TestReporter given) throws SQLException {
    reporter = given;
    admin("DROP TABLE IF EXISTS item");
    admin("CREATE TABLE item (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)");
    admin("INSERT INTO item SELECT n, 1 FROM generate_series(1, 2000) AS n");
    service = new ListeningService(settings(QUERY, KeyType.BIGINT), "", LONG);
    admin(triggers("item"));
    service.connected();
  }

  @AfterEach
  void close() throws SQLException {
    service.close();
  }

  @Test
  void get_afterEveryKindOfStatement_isFresh() throws SQLException {
    assertThat(service.version("1")).isEqualTo(1);
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    until(() -> service.version("1") == 2);

    assertThat(service.isMissing("5000")).isTrue();
    service.sql("INSERT INTO item VALUES (5000, 7)");
    until(() -> !service.isMissing("5000"));
    service.sql("INSERT INTO item VALUES (5000, 0) ON CONFLICT (id) DO UPDATE SET version = 8");
    until(() -> service.version("5000") == 8);

    assertThat(service.isMissing("5001")).isTrue();
    service.sql("UPDATE item SET id = 5001 WHERE id = 5000");
    until(() -> service.isMissing("5000") && !service.isMissing("5001"));

    service.sql("DELETE FROM item WHERE id = 1");
    until(() -> service.isMissing("1"));

    assertThat(service.version("2")).isEqualTo(1);
    service.sql("TRUNCATE item");
    until(() -> service.isMissing("2"));
    assertThat(service.listener.notifications(ChangeKind.MALFORMED)).isZero();
    assertThat(service.listener.notifications(ChangeKind.FOREIGN)).isZero();
  }

  @Test
  void statement_upTo1000Rows_reportsEachAndBeyondReportsAll() throws SQLException {
    service.sql("UPDATE item SET version = 2 WHERE id <= 1000");
    until(() -> service.listener.notifications(ChangeKind.ROW) == 1_000);
    assertThat(service.listener.notifications(ChangeKind.ALL)).isZero();

    assertThat(service.version("1")).isEqualTo(2);
    service.sql("UPDATE item SET version = 3 WHERE id <= 1001");
    until(() -> service.version("1") == 3);
    assertThat(service.listener.notifications(ChangeKind.ALL)).isEqualTo(1);
    assertThat(service.listener.notifications(ChangeKind.ROW)).isEqualTo(1_000);
  }

  @Test
  void transaction_openOrRolledBack_reportsNothing() throws SQLException {
    assertThat(service.version("1")).isEqualTo(1);
    service.writer().setAutoCommit(false);
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    assertThat(service.get("1").origin()).isEqualTo(Origin.MEMORY);
    service.writer().rollback();
    service.sql("UPDATE item SET version = 3 WHERE id = 2");
    service.writer().commit();
    until(() -> service.listener.notifications(ChangeKind.ROW) == 1);
    assertThat(service.get("1").origin()).isEqualTo(Origin.MEMORY);
  }

  @Test
  void listen_cutDuring1000Updates_nothingIsStaleAfterTheResync() throws Exception {
    int ids = 50;
    AtomicBoolean done = new AtomicBoolean();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; !done.get(); i = (i + 1) % ids) {
                    service.version(Integer.toString(i + 1));
                  }
                });
    for (int update = 0; update < 1_000; update++) {
      if (update == 300) {
        IntStream.rangeClosed(1, ids).mapToObj(Integer::toString).forEach(service::get);
        service.feed.shut();
        assertThat(cut()).isEqualTo(1);
      }
      service.sql("UPDATE item SET version = version + 1 WHERE id = " + (1 + update * 7 % ids));
      if (update == 700) {
        until(() -> !service.listener.isConnected());
        int missed = stale(ids);
        service.feed.open();
        service.connected();
        reporter.publishEntry("stale while disconnected", missed + " of " + ids);
        assertThat(missed).as("the test missed something").isPositive();
        assertThat(stale(ids)).isZero();
      }
    }
    // Cached before the last change, so that its new version shows that all changes have arrived.
    service.get("2000");
    service.sql("UPDATE item SET version = 99 WHERE id = 2000");
    until(() -> service.version("2000") == 99);
    done.set(true);
    reader.join();
    assertThat(stale(ids)).isZero();
  }

  @Test
  void disconnected_servesStaleForTheBoundThenAMiss() throws SQLException {
    try (var lost =
        new ListeningService(settings(QUERY, KeyType.BIGINT), "", Duration.ofSeconds(2))
            .connected()) {
      assertThat(lost.version("1")).isEqualTo(1);
      lost.feed.shut();
      cut();
      until(() -> !lost.listener.isConnected());
      assertThat(lost.get("1").origin()).isEqualTo(Origin.STALE);
      lost.sql("UPDATE item SET version = 2 WHERE id = 1");
      until(() -> lost.version("1") == 2);
    }
  }

  @Test
  void notify_forged_isCountedAndNeverStopsTheListener() throws SQLException {
    service.get("1");
    notify("public.country(id):[1]");
    notify("public.country(id)");
    until(() -> service.listener.notifications(ChangeKind.FOREIGN) == 2);
    assertThat(service.get("1").origin()).isEqualTo(Origin.MEMORY);

    for (String forged :
        new String[] {
          "", "garbage", "public.item(id):[", "x".repeat(7_999), "\u0001\t:'\"",
        }) {
      notify(forged);
    }
    until(() -> service.listener.notifications(ChangeKind.MALFORMED) == 5);
    assertThat(service.get("1").origin()).isEqualTo(Origin.LOADED);
    assertThat(service.listener.isConnected()).isTrue();
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    until(() -> service.version("1") == 2);
  }

  @Test
  void notify_10000_areAppliedInASecond() throws SQLException {
    long start = System.nanoTime();
    for (int statement = 0; statement < 10; statement++) {
      service.sql("UPDATE item SET version = version + 1 WHERE id <= 1000");
    }
    long sent = System.nanoTime();
    until(() -> service.listener.notifications(ChangeKind.ROW) == 10_000);
    long applied = System.nanoTime();
    reporter.publishEntry(
        "10,000 notifications",
        "sent in %d ms, applied %d ms later"
            .formatted((sent - start) / 1_000_000, (applied - sent) / 1_000_000));
    assertThat(service.version("1")).isEqualTo(11);
    assertThat(service.listener.isConnected()).isTrue();
  }

  @Test
  void get_afterCommit_isFreshWithinSeconds() throws SQLException {
    int updates = 500;
    long[] nanos = new long[updates];
    for (int i = 0; i < updates; i++) {
      long version = i + 2L;
      service.get("1");
      service.sql("UPDATE item SET version = " + version + " WHERE id = 1");
      long committed = System.nanoTime();
      while (service.version("1") != version) {
        assertThat(System.nanoTime() - committed).as("ns").isLessThan(FRESH_WITHIN.toNanos());
        Thread.onSpinWait();
      }
      nanos[i] = System.nanoTime() - committed;
    }
    Arrays.sort(nanos);
    reporter.publishEntry(
        "from commit to the first fresh Get",
        "p50 %.2f ms, p99 %.2f ms, most %.2f ms"
            .formatted(
                nanos[updates / 2] / 1e6,
                nanos[updates * 99 / 100] / 1e6,
                nanos[updates - 1] / 1e6));
  }

  @Test
  void listen_triggersDropped_isLostUntilTheyAreCreatedAgain() throws SQLException {
    for (String event : new String[] {"insert", "update", "delete", "truncate"}) {
      service.sql("DROP TRIGGER loadonce_" + event + "_item__id ON item");
      until(() -> !service.listener.isConnected());
      service.sql(triggers("item"));
      service.connected();
    }
    service.sql("ALTER TABLE item DISABLE TRIGGER loadonce_update_item__id");
    until(() -> !service.listener.isConnected());
  }

  @Test
  void listen_oddNames_reportsChanges() throws SQLException {
    admin("DROP SCHEMA IF EXISTS \"Odd.schema\" CASCADE");
    admin("CREATE SCHEMA \"Odd.schema\"");
    String table = "\"Odd.schema\".\"It:em's " + "é".repeat(20) + "\"";
    admin("CREATE TABLE " + table + " (\"The Id\" TEXT PRIMARY KEY, version BIGINT)");
    admin("INSERT INTO " + table + " VALUES ('a:b ''\"é', 1)");
    OneLookup odd =
        settings(
                "SELECT \"The Id\", version FROM " + table + " WHERE \"The Id\" IN (:ids)",
                KeyType.TEXT)
            .withKey("The Id", KeyType.TEXT);
    admin(PostgresTriggers.script(List.of(WatchedLookup.of(odd.lookup(), table))));
    try (var listening = new ListeningService(odd, table, LONG).connected()) {
      assertThat(listening.version("a:b '\"é")).isEqualTo(1);
      listening.sql("UPDATE " + table + " SET version = 2");
      until(() -> listening.version("a:b '\"é") == 2);
      listening.sql("INSERT INTO " + table + " VALUES (repeat('x', 9000), 1), ('', 1)");
      listening.sql("UPDATE " + table + " SET version = 3");
      until(() -> listening.version("a:b '\"é") == 3);
      assertThat(listening.listener.notifications(ChangeKind.MALFORMED)).isZero();
    }
  }

  @Test
  void triggers_noSuchColumn_areNotCreatedAndWritesStillSucceed() throws SQLException {
    String wrong = triggers("item(no_such_column)");
    assertThatThrownBy(() -> admin(wrong)).hasMessageContaining("no_such_column");
    service.get("1");
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    until(() -> service.version("1") == 2);
  }

  /** How many of the first ids have another version in the cache than in the database. */
  private int stale(int ids) {
    return (int)
        IntStream.rangeClosed(1, ids)
            .filter(id -> service.version(Integer.toString(id)) != inDatabase(id))
            .count();
  }

  private long inDatabase(int id) {
    try {
      return service.number("SELECT version FROM item WHERE id = " + id);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private long cut() throws SQLException {
    return service.number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE application_name = 'loadonce-listen'");
  }

  private void notify(String payload) throws SQLException {
    try (var statement = service.writer().prepareStatement("SELECT pg_notify(?, ?)")) {
      statement.setString(1, "loadonce_changed");
      statement.setString(2, payload);
      statement.execute();
    }
  }

  private static OneLookup settings(String query, KeyType keyType) {
    String url = postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    return new OneLookup(
        DatabaseSettings.of(url, "postgres", ""),
        LookupSettings.of(query).withKey("id", keyType).withVersionColumn("version"));
  }

  private static String triggers(String table) {
    return PostgresTriggers.script(
        List.of(WatchedLookup.of(settings(QUERY, KeyType.BIGINT).lookup(), table)));
  }

  private static void admin(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
