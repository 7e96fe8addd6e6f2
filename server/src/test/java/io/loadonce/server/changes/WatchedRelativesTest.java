package io.loadonce.server.changes;

import static io.loadonce.server.changes.ListeningService.until;
import static io.loadonce.server.changes.ListeningService.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.feed.WatchedLookup;
import java.io.StringReader;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/** Partitions, child tables and tables that are swapped, in a real PostgreSQL. */
@Tag("slow")
class WatchedRelativesTest {

  @RegisterExtension static final ListeningDatabase database = new ListeningDatabase();

  @Test
  void get_afterChangesOfPartitions_isFresh() throws SQLException {
    database.sql("CREATE TABLE pt (id bigint, version bigint, part int) PARTITION BY LIST (part)");
    database.sql("CREATE TABLE pt_a PARTITION OF pt FOR VALUES IN (1)");
    database.sql("CREATE TABLE pt_b PARTITION OF pt FOR VALUES IN (2) PARTITION BY LIST (id)");
    database.sql("CREATE TABLE pt_b1 PARTITION OF pt_b DEFAULT");
    database.sql("INSERT INTO pt VALUES (1, 1, 1), (2, 1, 2)");
    WatchedLookup pt = watched("pt", "SELECT id, version FROM pt WHERE id IN (:ids)");
    WatchedLookup leaf = watched("leaf", "SELECT id, version FROM pt_a WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(pt, leaf)));
    try (var service = database.listen(pt, leaf)) {
      assertThat(service.version("pt", "1")).isEqualTo(1);
      assertThat(service.version("leaf", "1")).isEqualTo(1);
      service.sql("UPDATE pt_a SET version = 2");
      until(() -> service.version("pt", "1") == 2 && service.version("leaf", "1") == 2);
      service.sql("UPDATE pt SET version = 3 WHERE id = 1");
      until(() -> service.version("pt", "1") == 3 && service.version("leaf", "1") == 3);
      assertThat(service.version("pt", "2")).isEqualTo(1);
      service.sql("UPDATE pt_b1 SET version = 4");
      until(() -> service.version("pt", "2") == 4);

      service.sql("UPDATE pt SET part = 2, version = 5 WHERE id = 1");
      until(() -> service.version("pt", "1") == 5 && service.version("leaf", "1") == 0);

      assertThat(service.version("pt", "3")).isZero();
      service.sql("CREATE TABLE pt_c (id bigint, version bigint, part int)");
      service.sql("INSERT INTO pt_c VALUES (3, 1, 3)");
      service.sql("ALTER TABLE pt ATTACH PARTITION pt_c FOR VALUES IN (3)");
      until(() -> service.version("pt", "3") == 1);
      service.sql("UPDATE pt_c SET version = 2");
      until(() -> service.version("pt", "3") == 2);
      service.sql("TRUNCATE pt_c");
      until(() -> service.version("pt", "3") == 0);
      assertThat(service.version("pt", "2")).isEqualTo(4);
      service.sql("TRUNCATE pt");
      until(() -> service.version("pt", "2") == 0);
      assertThat(service.version("pt", "2999")).isZero();
      long rows = service.listener.notifications(ChangeKind.ROW);
      service.sql("INSERT INTO pt SELECT n, 1, 1 FROM generate_series(1, 3000) AS n");
      until(() -> service.version("pt", "2999") == 1);
      assertThat(service.listener.notifications(ChangeKind.ROW) - rows)
          .as("1000 for each lookup, then everything")
          .isEqualTo(2_000);
      service.sql("ALTER TABLE pt DETACH PARTITION pt_a");
      until(() -> service.version("pt", "2999") == 0);
      assertThat(service.listener.notifications(ChangeKind.MALFORMED)).isZero();
      assertThat(service.listener.isConnected()).isTrue();
    }
  }

  @Test
  void get_tablesOfOneNameInTwoSchemas_areBothFreshAfterOneTransaction() throws SQLException {
    database.sql("DROP SCHEMA IF EXISTS a CASCADE; DROP SCHEMA IF EXISTS b CASCADE");
    for (String schema : List.of("a", "b")) {
      database.sql("CREATE SCHEMA " + schema);
      database.sql(
          "CREATE TABLE %s.event (id bigint, version bigint) PARTITION BY LIST (id)"
              .formatted(schema));
      database.sql("CREATE TABLE %1$s.rest PARTITION OF %1$s.event DEFAULT".formatted(schema));
    }
    database.sql("INSERT INTO b.event VALUES (1, 1)");
    WatchedLookup a = watched("a", "SELECT id, version FROM a.event WHERE id IN (:ids)");
    WatchedLookup b = watched("b", "SELECT id, version FROM b.event WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(a, b)));
    try (var service = database.listen(a, b)) {
      assertThat(service.version("b", "1")).isEqualTo(1);
      assertThat(service.version("a", "1500")).isZero();
      service.sql(
          "BEGIN; INSERT INTO a.event SELECT n, 1 FROM generate_series(1, 1500) AS n;"
              + " UPDATE b.event SET version = 2; COMMIT");
      until(() -> service.version("b", "1") == 2 && service.version("a", "1500") == 1);
    }
  }

  @Test
  void get_afterChangesOfChildTables_isFresh() throws SQLException {
    database.sql("CREATE TABLE item (id bigint, version bigint)");
    database.sql("CREATE TABLE child () INHERITS (item)");
    database.sql("INSERT INTO item VALUES (1, 1); INSERT INTO child VALUES (2, 1)");
    WatchedLookup item = watched("item", "SELECT id, version FROM item WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(item)));
    try (var service = database.listen(item)) {
      assertThat(service.version("item", "1") + service.version("item", "2")).isEqualTo(2);
      service.sql("UPDATE item SET version = 2");
      until(() -> service.version("item", "1") == 2 && service.version("item", "2") == 2);
      service.sql("UPDATE child SET version = 3");
      until(() -> service.version("item", "2") == 3);
      service.sql("TRUNCATE child");
      until(() -> service.version("item", "2") == 0);

      service.sql("CREATE TABLE later () INHERITS (item)");
      until(() -> !service.listener.isConnected());
      service.sql(PostgresTriggers.script(List.of(item)));
      service.connected();
      service.sql("INSERT INTO later VALUES (2, 4)");
      until(() -> service.version("item", "2") == 4);
    }
  }

  @Test
  void get_afterEachWayToWrite_isFresh() throws Exception {
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql(
        "CREATE TABLE other (item_id bigint REFERENCES item ON DELETE CASCADE, version bigint)");
    WatchedLookup item = watched("item", "SELECT * FROM item WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(item)));
    try (var service = database.listen(item)) {
      assertThat(service.version("item", "1")).isZero();
      service
          .writer()
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY item FROM STDIN", new StringReader("1\t1\n2\t1\n"));
      until(() -> service.version("item", "1") == 1);
      service.sql(
          "INSERT INTO item VALUES (1, 0), (3, 0) ON CONFLICT (id) DO UPDATE SET version = 2");
      until(() -> service.version("item", "1") == 2);
      if (service.writer().getMetaData().getDatabaseMajorVersion() >= 15) {
        service.sql(
            "MERGE INTO item USING (VALUES (1), (4)) AS given (id) ON item.id = given.id"
                + " WHEN MATCHED THEN UPDATE SET version = 3"
                + " WHEN NOT MATCHED THEN INSERT VALUES (given.id, 3)");
        until(() -> service.version("item", "1") == 3);
      }
      service.sql("WITH gone AS (DELETE FROM item WHERE id = 1 RETURNING id) SELECT * FROM gone");
      until(() -> service.version("item", "1") == 0);
      assertThat(service.version("item", "2")).isEqualTo(1);
      service.writer().setAutoCommit(false);
      service.sql("UPDATE item SET version = 9 WHERE id = 2");
      service.writer().rollback();
      service.sql("INSERT INTO item VALUES (5, 1)");
      service.writer().commit();
      until(() -> service.version("item", "5") == 1);
      assertThat(service.isCached("item", "2")).isTrue();
      service.sql("UPDATE item SET version = 9 WHERE id = 2");
      assertThatThrownBy(() -> service.sql("PREPARE TRANSACTION 'two-phase'"))
          .hasMessageContaining("cannot PREPARE a transaction that has executed LISTEN");
    }
  }

  @Test
  void get_afterTheTableWasSwapped_isFreshWithinTwoHeartbeats() throws SQLException {
    database.sql("CREATE TABLE sw (id bigint PRIMARY KEY, version bigint)");
    database.sql("CREATE TABLE sw_new (id bigint PRIMARY KEY, version bigint)");
    database.sql("CREATE TABLE item (id bigint PRIMARY KEY, version bigint)");
    database.sql("INSERT INTO sw VALUES (1, 1), (2, 1); INSERT INTO sw_new VALUES (1, 2), (2, 2)");
    database.sql("INSERT INTO item VALUES (1, 1)");
    WatchedLookup sw = watched("sw", "SELECT * FROM sw WHERE id IN (:ids)");
    WatchedLookup next = watched("next", "SELECT * FROM sw_new WHERE id IN (:ids)");
    WatchedLookup item = watched("item", "SELECT * FROM item WHERE id IN (:ids)");
    database.sql(PostgresTriggers.script(List.of(sw, next, item)));
    try (var service = database.listen(sw, item)) {
      assertThat(service.version("sw", "1")).isEqualTo(1);
      assertThat(service.version("sw", "2")).isEqualTo(1);
      assertThat(service.version("item", "1")).isEqualTo(1);
      service.sql(
          "BEGIN; ALTER TABLE sw RENAME TO sw_old; ALTER TABLE sw_new RENAME TO sw; COMMIT");
      long swapped = System.nanoTime();
      until(() -> service.version("sw", "1") == 2);
      assertThat(Duration.ofNanos(System.nanoTime() - swapped))
          .isLessThan(ListeningService.HEARTBEAT.multipliedBy(2));
      assertThat(service.version("sw", "2")).isEqualTo(2);
      assertThat(service.isCached("item", "1")).isTrue();
      service.sql("UPDATE sw SET version = 3 WHERE id = 1");
      until(() -> service.version("sw", "1") == 3);
      assertThat(service.listener.notifications(ChangeKind.ALL)).as("once").isEqualTo(1);

      service.sql(
          "BEGIN; ALTER TABLE sw RENAME TO gone; CREATE TABLE sw AS SELECT * FROM sw_old; COMMIT");
      until(() -> !service.listener.isConnected());
    }
  }
}
