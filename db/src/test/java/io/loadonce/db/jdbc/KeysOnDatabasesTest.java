package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys of each type and of several columns, on real databases. */
@Tag("slow")
final class KeysOnDatabasesTest {

  @ParameterizedTest
  @CsvSource({
    "BIGINT, BIGINT, 9007199254740993, 1",
    "INT, INTEGER, -5, 5",
    "SMALLINT, SMALLINT, 7, 8",
    "TEXT, VARCHAR(20), 7, 07",
    "CHAR, CHAR(8), ab, b",
    "UUID, UUID, 0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f, 0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e50",
    "'NUMERIC', 'NUMERIC(20,4)', 12.5, 12.25",
    "DATE, DATE, 2026-11-27, 2026-11-28",
  })
  void run_keyOfType_findsItsRowAndNoOther(KeyType type, String sqlType, String id, String none)
      throws Exception {
    for (TestDatabase kind : TestDatabase.values()) {
      CountedDatabase database = kind.database();
      database.execute("CREATE TABLE keyed (k " + sqlType + " PRIMARY KEY, v INTEGER)");
      try {
        database.execute("INSERT INTO keyed VALUES ('" + id + "', 1)");
        OneLookup lookup =
            database.settings("SELECT k, v FROM keyed WHERE k IN (:ids)").withKey("k", type);
        assertThat(run(lookup, type.parse(id), type.parse(none)))
            .as("%s, together", kind)
            .containsOnlyKeys(type.parse(id))
            .allSatisfy((_, row) -> assertThat(row).isInstanceOf(SourceRow.Found.class));
        assertThat(run(lookup, type.parse(id))).as("%s, alone", kind).hasSize(1);
      } finally {
        database.execute("DROP TABLE keyed");
      }
    }
  }

  @Test
  void run_paddedKeyWithAndWithoutItsBlanks_isOneKey() throws Exception {
    CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
    postgres.execute("CREATE TABLE keyed (k CHAR(8) PRIMARY KEY, v INTEGER)");
    postgres.execute("INSERT INTO keyed VALUES ('ab', 1)");
    try {
      OneLookup lookup =
          postgres.settings("SELECT k, v FROM keyed WHERE k IN (:ids)").withKey("k", KeyType.CHAR);
      assertThat(KeyType.CHAR.parse("ab      ")).isEqualTo(KeyType.CHAR.parse("ab"));
      assertThat(run(lookup, KeyType.CHAR.parse("ab      "))).containsOnlyKeys(Key.of("ab"));
    } finally {
      postgres.execute("DROP TABLE keyed");
    }
  }

  @Test
  void run_enumKeyOnPostgresql_findsItsRow() throws Exception {
    CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
    postgres.execute("CREATE TYPE state AS ENUM ('open', 'closed')");
    postgres.execute("CREATE TABLE keyed (k state PRIMARY KEY, v INTEGER)");
    postgres.execute("INSERT INTO keyed VALUES ('open', 1)");
    try {
      OneLookup lookup =
          postgres.settings("SELECT k, v FROM keyed WHERE k IN (:ids)").withKey("k", KeyType.ENUM);
      assertThat(run(lookup, Key.of("open"), Key.of("closed"))).containsOnlyKeys(Key.of("open"));
      assertThat(run(lookup, Key.of("open"), Key.of("no label"))).containsOnlyKeys(Key.of("open"));
      assertThat(run(lookup, Key.of("no label"))).isEmpty();
    } finally {
      postgres.execute("DROP TABLE keyed");
      postgres.execute("DROP TYPE state");
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void run_keyOfTwoColumns_findsEachRow(TestDatabase kind) throws Exception {
    CountedDatabase database = kind.database();
    database.execute(
        "CREATE TABLE price (tenant_id BIGINT, sku VARCHAR(20), amount INTEGER,"
            + " PRIMARY KEY (tenant_id, sku))");
    database.execute("INSERT INTO price VALUES (1, 'a', 10), (1, 'b', 20), (2, 'a', 30)");
    KeyColumns key =
        new KeyColumns(
            List.of(
                new KeyColumn("tenant_id", KeyType.BIGINT), new KeyColumn("sku", KeyType.TEXT)));
    OneLookup prices =
        database.settings(
            "SELECT tenant_id, sku, amount FROM price WHERE (tenant_id, sku) IN (:ids)");
    OneLookup lookup = new OneLookup(prices.database(), prices.lookup().withKey(key));
    try {
      Map<Key, SourceRow<Row>> rows =
          run(
              lookup,
              key.parse(List.of("1", "a")),
              key.parse(List.of("1", "b")),
              key.parse(List.of("2", "b")));
      assertThat(rows).containsOnlyKeys(key.parse(List.of("1", "a")), key.parse(List.of("1", "b")));
      assertThat(amount(rows, key.parse(List.of("1", "b")))).isEqualTo(20);
      assertThat(amount(run(lookup, key.parse(List.of("2", "a"))), key.parse(List.of("2", "a"))))
          .isEqualTo(30);
    } finally {
      database.execute("DROP TABLE price");
    }
  }

  @Test
  void run_anyOnPostgresql_findsRowsOfEachType() throws Exception {
    CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
    OneLookup cities =
        postgres.settings(
            "WITH c AS (SELECT * FROM city) SELECT id, name FROM c WHERE id = ANY(:ids)");
    assertThat(run(cities, Key.of(2988507), Key.of(2950159), Key.of(-1)))
        .containsOnlyKeys(Key.of(2988507), Key.of(2950159));
    OneLookup names =
        postgres
            .settings(
                "SELECT name, MIN(country) AS c FROM city WHERE name = ANY(:ids) GROUP BY name")
            .withKey("name", KeyType.TEXT);
    assertThat(run(names, Key.of("Paris"), Key.of("paris"))).containsOnlyKeys(Key.of("Paris"));
  }

  private static double amount(Map<Key, SourceRow<Row>> rows, Key key) {
    return switch (rows.get(key)) {
      case SourceRow.Found<Row>(Row row, long _, long _) ->
          row.data().getFieldsOrThrow("amount").getNumberValue();
      case SourceRow.Unusable<Row> unusable -> throw new AssertionError(unusable);
      case SourceRow.NotRead<Row> notRead -> throw new AssertionError(notRead);
      case null -> throw new AssertionError("no row");
    };
  }

  private static Map<Key, SourceRow<Row>> run(OneLookup lookup, Key... ids) throws SourceException {
    try (var source = lookup.withPoolSize(1).open()) {
      return source.query(List.of(ids)).run();
    }
  }
}
