package io.loadonce.server.changes;

import static io.loadonce.server.changes.ListeningService.until;
import static io.loadonce.server.changes.ListeningService.watched;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.OneLookup;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.load.Outcome.Origin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes made by SQL in an H2 of this process, reported by a trigger. */
class H2ListeningTest {
  private static final OneLookup SETTINGS =
      new OneLookup(
          DatabaseSettings.of("jdbc:h2:mem:listening", "sa", ""),
          LookupSettings.of("SELECT id, version FROM item WHERE id IN (:ids)")
              .withVersionColumn("version"));

  private Connection keepsItOpen;
  private ListeningService service;

  @BeforeEach
  void fill() throws SQLException {
    keepsItOpen = DriverManager.getConnection(SETTINGS.database().url(), "sa", "");
    try (var statement = keepsItOpen.createStatement()) {
      statement.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)");
      statement.execute("INSERT INTO item SELECT x, 1 FROM SYSTEM_RANGE(1, 2000)");
    }
    service = new ListeningService(SETTINGS, "", Duration.ofHours(1)).connected();
  }

  @AfterEach
  void close() throws SQLException {
    service.close();
    try (var statement = keepsItOpen.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  @Test
  void get_afterEveryKindOfStatement_isFresh() throws SQLException {
    assertThat(service.version("1")).isEqualTo(1);
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    until(() -> service.version("1") == 2);
    assertThat(service.isMissing("5000")).isTrue();
    service.sql("INSERT INTO item VALUES (5000, 7)");
    until(() -> !service.isMissing("5000"));
    assertThat(service.isMissing("5001")).isTrue();
    service.sql("UPDATE item SET id = 5001 WHERE id = 5000");
    until(() -> service.isMissing("5000") && !service.isMissing("5001"));
    service.sql("DELETE FROM item WHERE id = 1");
    until(() -> service.isMissing("1"));
    assertThat(service.listener.notifications(ChangeKind.ROW)).isEqualTo(5);
  }

  @Test
  void get_loadedBetweenTheUpdateAndItsCommit_isFreshAfterTheCommit() throws SQLException {
    service.writer().setAutoCommit(false);
    for (int round = 0; round < 20; round++) {
      long before = service.version("1");
      service.sql("UPDATE item SET version = version + 1 WHERE id = 1");
      service.sql("UPDATE item SET version = version WHERE id = 2000");
      awaitSomeLooks();
      assertThat(service.version("1")).as("not committed").isEqualTo(before);
      service.writer().commit();
      until(() -> service.version("1") == before + 1);
    }
  }

  @Test
  void transaction_rolledBack_reportsNothing() throws SQLException {
    service.get("1");
    service.writer().setAutoCommit(false);
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    service.writer().rollback();
    service.sql("UPDATE item SET version = 3 WHERE id = 2");
    service.writer().commit();
    until(() -> service.listener.notifications(ChangeKind.ROW) == 1);
    assertThat(service.get("1").origin()).isEqualTo(Origin.MEMORY);
  }

  @Test
  void transactions_committedInAnotherOrder_areAllReported() throws SQLException {
    service.get("1");
    service.get("2");
    service.writer().setAutoCommit(false);
    service.sql("UPDATE item SET version = 2 WHERE id = 1");
    try (var statement = keepsItOpen.createStatement()) {
      statement.execute("UPDATE item SET version = 2 WHERE id = 2");
    }
    until(() -> service.version("2") == 2);
    service.writer().commit();
    until(() -> service.version("1") == 2);
  }

  @Test
  void statement_ofManyRows_reportsAll() throws SQLException {
    assertThat(service.version("2000")).isEqualTo(1);
    service.sql("UPDATE item SET version = 2");
    until(() -> service.listener.notifications(ChangeKind.ROW) == 2_000);
    assertThat(service.version("2000")).isEqualTo(2);
  }

  @Test
  void get_severalLookups_areFreshByTheirOwnKeys() throws SQLException {
    service.sql("CREATE SCHEMA IF NOT EXISTS shop");
    service.sql(
        "CREATE TABLE shop.price (tenant BIGINT, sku VARCHAR, version BIGINT,"
            + " PRIMARY KEY (tenant, sku))");
    service.sql("INSERT INTO shop.price VALUES (1, 'a|b', 1), (1, 'a', 1), (2, 'a,b', 1)");
    KeyColumns key =
        new KeyColumns(
            List.of(new KeyColumn("TENANT", KeyType.BIGINT), new KeyColumn("SKU", KeyType.TEXT)));
    WatchedLookup price =
        watched("price", key, "SELECT * FROM shop.price WHERE (tenant, sku) IN (:ids)");
    WatchedLookup sku =
        watched(
            "sku",
            KeyColumns.of("SKU", KeyType.TEXT),
            "SELECT sku, version FROM shop.price WHERE sku IN (:ids)");
    WatchedLookup computed =
        watched(
            "computed",
            KeyColumns.of("LOW", KeyType.TEXT),
            "SELECT LOWER(sku) AS low, version FROM shop.price WHERE LOWER(sku) IN (:ids)",
            "shop.price(sku)");
    try (var several =
        new ListeningService(
                SETTINGS.database(), List.of(price, sku, computed), Duration.ofHours(1))
            .connected()) {
      assertThat(several.version("price", "1", "a|b")).isEqualTo(1);
      assertThat(several.version("price", "1", "a")).isEqualTo(1);
      assertThat(several.version("sku", "a|b")).isEqualTo(1);
      assertThat(several.version("computed", "a")).isEqualTo(1);
      several.sql("UPDATE shop.price SET version = 2 WHERE sku = 'a|b'");
      until(() -> several.version("price", "1", "a|b") == 2);
      until(() -> several.version("sku", "a|b") == 2);
      assertThat(several.isCached("price", "1", "a")).isTrue();
      until(() -> several.listener.notifications(ChangeKind.ALL) == 1);
      several.sql("UPDATE shop.price SET sku = 'A', version = 3 WHERE sku = 'a,b'");
      until(() -> several.version("price", "2", "A") == 3);
      until(() -> several.version("sku", "A") == 3);
      assertThat(several.version("price", "2", "a,b")).isZero();
    }
  }

  @Test
  void get_keyOfAViewOrOfAnotherType_isFreshSinceEverythingIsInvalidated() throws SQLException {
    service.sql("CREATE TABLE part (code VARCHAR, moment TIMESTAMP, version BIGINT)");
    service.sql("CREATE VIEW parts AS SELECT LOWER(code) AS code, version FROM part");
    service.sql("INSERT INTO part VALUES ('ABC', '2026-11-27 00:00:00', 1)");
    WatchedLookup view =
        watched(
            "view",
            KeyColumns.of("CODE", KeyType.TEXT),
            "SELECT code, version FROM parts WHERE code IN (:ids)",
            "part(code)");
    WatchedLookup day =
        watched(
            "day",
            KeyColumns.of("MOMENT", KeyType.DATE),
            "SELECT moment, version FROM part WHERE moment IN (:ids)");
    try (var both =
        new ListeningService(SETTINGS.database(), List.of(view, day), Duration.ofHours(1))
            .connected()) {
      assertThat(both.version("view", "abc")).isEqualTo(1);
      assertThat(both.version("day", "2026-11-27")).isEqualTo(1);
      both.sql("UPDATE part SET version = 2");
      until(() -> both.version("view", "abc") == 2);
      until(() -> both.version("day", "2026-11-27") == 2);
    }
  }

  @Test
  void close_leavesNothingBehind() throws SQLException {
    service.listener.close();
    until(() -> count("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS") == 0);
    until(
        () ->
            count(
                    "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES"
                        + " WHERE LOWER(TABLE_NAME) LIKE 'loadonce%'")
                == 0);
  }

  private long count(String query) {
    try {
      return service.number(query);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Long enough for a listener that reads uncommitted changes to have read them. */
  private void awaitSomeLooks() {
    long start = System.nanoTime();
    until(() -> System.nanoTime() - start > 20_000_000);
  }
}
