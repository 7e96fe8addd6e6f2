package io.loadonce.server.changes;

import static io.loadonce.server.changes.ListeningService.until;
import static io.loadonce.server.changes.ListeningService.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several lookups, tables and kinds of tables in a real PostgreSQL, with one subscription. */
@Tag("slow")
class WatchedTablesTest {

  @RegisterExtension static final ListeningDatabase database = new ListeningDatabase();

  @Test
  void get_twoLookupsOfOneTableByTwoKeys_areBothFresh() throws SQLException {
    database.sql("CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE, version bigint)");
    database.sql("INSERT INTO customer VALUES (7, 'a', 1), (8, '7', 1)");
    WatchedLookup byId = watched("by-id", "SELECT * FROM customer WHERE id IN (:ids)");
    WatchedLookup byEmail =
        watched(
            "by-email",
            KeyColumns.of("email", KeyType.TEXT),
            "SELECT * FROM customer WHERE email IN (:ids)");
    // Each service prints its own script, one after the other.
    database.sql(PostgresTriggers.script(List.of(byEmail)));
    database.sql(PostgresTriggers.script(List.of(byId)));
    try (var service = database.listen(byId, byEmail)) {
      assertThat(service.version("by-id", "7")).isEqualTo(1);
      assertThat(service.version("by-email", "a")).isEqualTo(1);
      assertThat(service.version("by-email", "7")).isEqualTo(1);
      service.sql("UPDATE customer SET version = 2 WHERE id = 7");
      until(() -> service.version("by-id", "7") == 2);
      until(() -> service.version("by-email", "a") == 2);
      assertThat(service.isCached("by-email", "7")).as("a key of another column").isTrue();
      service.sql("UPDATE customer SET email = 'b' WHERE id = 7");
      until(() -> service.version("by-email", "a") == 0);
      assertThat(service.version("by-email", "b")).isEqualTo(2);
      assertThat(service.listener.notifications(ChangeKind.MALFORMED)).isZero();
      assertThat(
              service.number(
                  "SELECT count(*) FROM pg_stat_activity"
                      + " WHERE application_name = 'loadonce-listen'"))
          .isEqualTo(1);
    }
  }

  @Test
  void get_lookupsThatShareATable_areBothFreshAndOthersStayCached() throws SQLException {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql("CREATE TABLE line (id int PRIMARY KEY, item_id bigint, version bigint)");
    database.sql("INSERT INTO item VALUES (1, 1), (2, 1); INSERT INTO line VALUES (1, 1, 0)");
    WatchedLookup item = watched("item", "SELECT * FROM item WHERE id IN (:ids)");
    WatchedLookup joined =
        watched(
            "joined",
            "SELECT id, total AS version FROM (SELECT item.id, max(item.version)"
                + " + coalesce(sum(line.version), 0)::bigint AS total"
                + " FROM item LEFT JOIN line ON item_id = item.id WHERE item.id IN (:ids)"
                + " GROUP BY item.id) AS sums",
            "item(id)",
            "line(item_id)");
    database.sql(PostgresTriggers.script(List.of(item, joined)));
    try (var service = database.listen(item, joined)) {
      assertThat(service.version("item", "1")).isEqualTo(1);
      assertThat(service.version("joined", "1")).isEqualTo(1);
      assertThat(service.version("joined", "2")).isEqualTo(1);
      service.sql("UPDATE line SET version = 10");
      until(() -> service.version("joined", "1") == 11);
      assertThat(service.isCached("item", "1")).isTrue();
      assertThat(service.isCached("joined", "2")).isTrue();
      service.sql("UPDATE line SET item_id = 2");
      until(() -> service.version("joined", "1") == 1 && service.version("joined", "2") == 11);
      service.sql("UPDATE item SET version = 2 WHERE id = 1");
      until(() -> service.version("item", "1") == 2 && service.version("joined", "1") == 2);
      service.sql("DELETE FROM line");
      until(() -> service.version("joined", "2") == 1);
      service.sql("TRUNCATE line");
      until(() -> service.listener.notifications(ChangeKind.ALL) == 1);
      assertThat(service.isCached("item", "1")).isTrue();
    }
  }

  @Test
  void get_oneTableWithoutTriggers_leavesTheOthersFresh() throws SQLException {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql("CREATE TABLE later (id bigint PRIMARY KEY, version bigint)");
    database.sql("INSERT INTO item VALUES (1, 1); INSERT INTO later VALUES (1, 1)");
    WatchedLookup item = watched("item", "SELECT * FROM item WHERE id IN (:ids)");
    WatchedLookup later = watched("later", "SELECT * FROM later WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(item)));
    try (var service =
        new ListeningService(database.settings(), List.of(item, later), Duration.ofHours(1))) {
      until(() -> service.isCached("item", "1"));
      assertThat(service.version("later", "1")).isEqualTo(1);
      assertThat(service.isCached("later", "1")).isFalse();
      assertThat(service.listener.isConnected()).isFalse();
      service.sql("UPDATE item SET version = 2");
      until(() -> service.version("item", "1") == 2);
      assertThat(service.isCached("item", "1")).isTrue();
      service.sql(PostgresTriggers.script(List.of(later)));
      service.connected();
      service.sql("UPDATE later SET version = 2");
      until(() -> service.version("later", "1") == 2 && service.isCached("later", "1"));
      assertThat(service.isCached("item", "1")).as("nothing else was invalidated").isTrue();
    }
  }

  @Test
  void get_oneTableNotThere_leavesTheOthersFresh() throws SQLException {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql("INSERT INTO item VALUES (1, 1)");
    WatchedLookup item = watched("item", "SELECT * FROM item WHERE id IN (:ids)");
    WatchedLookup later = watched("later", "SELECT * FROM later WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(item)));
    try (var service =
        new ListeningService(database.settings(), List.of(item, later), Duration.ofHours(1))) {
      until(() -> service.isCached("item", "1"));
      service.sql("UPDATE item SET version = 2");
      until(() -> service.version("item", "1") == 2);
      assertThat(service.listener.isConnected()).isFalse();
      service.sql("CREATE TABLE later (id bigint PRIMARY KEY, version bigint)");
      service.sql("INSERT INTO later VALUES (1, 1)");
      service.sql(PostgresTriggers.script(List.of(later)));
      service.connected();
      assertThat(service.version("later", "1")).isEqualTo(1);
      service.sql("UPDATE later SET version = 2");
      until(() -> service.version("later", "1") == 2);
    }
  }

  @Test
  void get_keysOfSeveralColumns_areFreshWhateverTheyHold() throws SQLException {
    List<String> skus = List.of("a|b", "a,b", "a\"b", "a'b", "a\\b", "a]b", "a:[b", "é ", "NULL");
    database.sql(
        "CREATE TABLE price (tenant_id bigint, sku text, version bigint,"
            + " PRIMARY KEY (tenant_id, sku))");
    KeyColumns key =
        new KeyColumns(
            List.of(
                new KeyColumn("tenant_id", KeyType.BIGINT), new KeyColumn("sku", KeyType.TEXT)));
    WatchedLookup price =
        watched("price", key, "SELECT * FROM price WHERE (tenant_id, sku) IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(price)));
    try (var service = database.listen(price)) {
      for (String sku : skus) {
        assertThat(service.version("price", "7", sku)).as(sku).isZero();
      }
      for (String sku : skus) {
        try (var insert = service.writer().prepareStatement("INSERT INTO price VALUES (7, ?, 1)")) {
          insert.setString(1, sku);
          insert.executeUpdate();
        }
      }
      for (String sku : skus) {
        until(() -> service.version("price", "7", sku) == 1);
      }
      service.sql("UPDATE price SET version = 2 WHERE sku <> 'a|b'");
      for (String sku : skus.subList(1, skus.size())) {
        until(() -> service.version("price", "7", sku) == 2);
      }
      assertThat(service.isCached("price", "7", "a|b")).isTrue();
      service.sql("UPDATE price SET tenant_id = 8 WHERE sku = 'a|b'");
      until(() -> service.version("price", "7", "a|b") == 0);
      assertThat(service.listener.notifications(ChangeKind.ALL)).isZero();
      assertThat(service.listener.notifications(ChangeKind.MALFORMED)).isZero();
    }
  }

  @Test
  void get_writerWithAnotherDateStyle_isFresh() throws SQLException {
    database.sql("CREATE TABLE day (day date PRIMARY KEY, version bigint)");
    database.sql("INSERT INTO day VALUES ('2026-11-27', 1), ('infinity', 1)");
    WatchedLookup day =
        watched(
            "day",
            KeyColumns.of("day", KeyType.DATE),
            "SELECT day, version FROM day WHERE day IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(day)));
    try (var service = database.listen(day)) {
      assertThat(service.version("day", "2026-11-27")).isEqualTo(1);
      service.sql(asGerman("UPDATE day SET version = 2 WHERE day < DATE 'infinity'"));
      until(() -> service.version("day", "2026-11-27") == 2);
      assertThat(service.listener.notifications(ChangeKind.ROW)).isEqualTo(1);
      service.sql("UPDATE day SET version = 3 WHERE day = DATE 'infinity'");
      service.sql("INSERT INTO day VALUES ('2026-11-28', 1)");
      until(() -> service.listener.notifications(ChangeKind.ROW) == 2);
      assertThat(service.isCached("day", "2026-11-27")).as("no id is infinity").isTrue();
      assertThat(service.listener.notifications(ChangeKind.MALFORMED)).isZero();
    }
  }

  /** PostgreSQL names the view as the origin of its columns, also of those that it computes. */
  @Test
  void get_keyColumnOfAView_isFreshSinceEverythingIsInvalidated() throws SQLException {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql("CREATE VIEW items AS SELECT -id AS id, version FROM item");
    database.sql("INSERT INTO item VALUES (7, 1)");
    WatchedLookup items =
        watched("items", "SELECT id, version FROM items WHERE id IN (:ids)", "item(id)");
    database.sql(PostgresTriggers.script(List.of(items)));
    try (var service = database.listen(items)) {
      assertThat(service.version("items", "-7")).isEqualTo(1);
      service.sql("UPDATE item SET version = 2");
      until(() -> service.version("items", "-7") == 2);
    }
  }

  @Test
  void get_keyColumnIsAnExpression_isFreshSinceEverythingIsInvalidated() throws SQLException {
    database.sql("CREATE TABLE day (day date PRIMARY KEY, moment timestamptz, version bigint)");
    database.sql(
        "INSERT INTO day VALUES ('2026-11-27', '2026-11-27 12:00Z', 1), ('2026-11-28', now(), 1)");
    WatchedLookup cast =
        watched(
            "cast",
            KeyColumns.of("day", KeyType.TEXT),
            "SELECT day::text AS day, version FROM day WHERE day::text IN (:ids)");
    WatchedLookup moment =
        watched(
            "moment",
            KeyColumns.of("moment", KeyType.TEXT),
            "SELECT moment, version FROM day WHERE moment::text IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(cast, moment)));
    try (var service = database.listen(cast, moment)) {
      assertThat(service.version("cast", "2026-11-27")).isEqualTo(1);
      service.sql(asGerman("UPDATE day SET version = 2 WHERE day = DATE '28.11.2026'"));
      until(
          () ->
              service.version("cast", "2026-11-27") == 1
                  && service.listener.notifications(ChangeKind.ALL) == 2);
      assertThat(service.listener.notifications(ChangeKind.ROW)).isZero();
      service.sql("UPDATE day SET version = 3");
      until(() -> service.version("cast", "2026-11-27") == 3);
    }
  }

  @Test
  void check_whatReportsNoChanges_isRefusedWithTheRemedy() throws Exception {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, code bigint, version bigint)");
    database.sql("CREATE VIEW items AS SELECT * FROM item");
    database.sql("CREATE EXTENSION IF NOT EXISTS postgres_fdw");
    database.sql("CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw");
    database.sql("CREATE FOREIGN TABLE far_item (id bigint, version bigint) SERVER far");
    assertRefused(
        watched("a", "SELECT * FROM items WHERE id IN (:ids)"),
        "changes: items(id) of the lookup a: it is not a table (a view reports no changes); name"
            + " the tables that it reads, with their columns that hold the key");
    assertRefused(
        watched("a", "SELECT * FROM far_item WHERE id IN (:ids)"),
        "changes: far_item(id) of the lookup a: far_item is a foreign table; its changes are known"
            + " to its own server");
    assertRefused(
        watched("a", "SELECT * FROM item WHERE id IN (:ids)", "no_such(id)"),
        "changes: no_such(id) of the lookup a: there is no such table");
    assertRefused(
        watched("a", "SELECT * FROM item WHERE id IN (:ids)", "item(no_such)"),
        "changes: item(no_such) of the lookup a: the table has no column no_such");
    assertRefused(
        watched("a", "SELECT code AS id, version FROM item WHERE code IN (:ids)"),
        "changes: must be set for the lookup a, since the key column id of its query is the column"
            + " code of item; name the table and its columns that hold the key");
    try (Database opened = Database.open(database.settings())) {
      ChangeFeed.of(
              opened, List.of(watched("a", "SELECT * FROM items WHERE id IN (:ids)", "item(id)")))
          .check();
    }
    assertThatThrownBy(
            () ->
                database.sql(
                    PostgresTriggers.script(
                        List.of(watched("a", "SELECT * FROM items WHERE id IN (:ids)")))))
        .hasMessageContaining("items is a view or a foreign table");
  }

  private static void assertRefused(WatchedLookup lookup, String message) {
    try (Database opened = Database.open(database.settings())) {
      ChangeFeed feed = ChangeFeed.of(opened, List.of(lookup));
      assertThatThrownBy(feed::check)
          .isInstanceOf(InvalidSettingException.class)
          .hasMessage(message);
    }
  }

  /** The driver refuses a session with another DateStyle; it does not see that of a block. */
  private static String asGerman(String statement) {
    return """
    DO $$ BEGIN
      PERFORM set_config('datestyle', 'German', true);
      %s;
      PERFORM set_config('datestyle', 'ISO', true);
    END $$
    """
        .formatted(statement);
  }
}
