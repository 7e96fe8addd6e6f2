package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class LookupSettingsTest {

  private static final String QUERY = "SELECT id, name FROM city WHERE id IN (:ids)";
  private static final LookupSettings CITY = LookupSettings.of(QUERY);

  @Test
  void of_limits_areTheDefaults() {
    assertThat(CITY)
        .isEqualTo(
            new LookupSettings(
                "default",
                SelectByIds.parse(QUERY),
                KeyColumns.of("id", KeyType.BIGINT),
                Rows.ONE,
                /* versionColumn= */ null,
                /* maxIdsPerQuery= */ 256,
                /* maxRows= */ 1_000,
                /* maxRowBytes= */ 1_048_576));
  }

  @Test
  void new_valueOutOfRange_namesTheKey() {
    assertRefused(
        () -> CITY.withMaxIdsPerQuery(257), "max-ids-per-query: must be 1 to 256, not 257");
    assertRefused(() -> CITY.withMaxRowBytes(-1), "max-row-bytes: must be 1 to 67108864, not -1");
    assertRefused(
        () -> CITY.withKey(" ", KeyType.TEXT), "key-column: must not be empty; name a column");
    assertRefused(
        () -> CITY.withVersionColumn(""), "version-column: must not be empty; name a column");
    for (String name : List.of("\u001ename", "na\nme", "name ")) {
      String problem = "must not begin or end with a blank, or have a control character";
      assertRefused(() -> CITY.withKey(name, KeyType.TEXT), "key-column: " + problem);
      assertRefused(() -> CITY.withVersionColumn(name), "version-column: " + problem);
    }
  }

  /** The largest version of the children goes down when that child is deleted. */
  @Test
  void new_versionOfAnAggregate_isRefused() {
    for (String version :
        List.of(
            "max(l.version) AS version",
            "coalesce(MAX(l.version), 0) as \"version\"",
            "count(*) AS Version",
            "(SELECT max(version) FROM line l WHERE l.order_id = o.id) AS version",
            "max(l.version) OVER (PARTITION BY o.id) AS version")) {
      LookupSettings orders =
          LookupSettings.of(
              "SELECT o.id, %s FROM o JOIN l ON l.oid = o.id WHERE o.id IN (:ids) GROUP BY o.id"
                  .formatted(version));
      assertRefused(
          () -> orders.withVersionColumn("version"),
          "version-column: is computed by %s, which may go down when a row is deleted"
              .formatted(version.contains("count") ? "COUNT" : "MAX"));
    }
    for (String version :
        List.of(
            "o.version",
            "max(l.price) AS price, o.version AS version",
            "greatest(o.version, p.version) AS version",
            "'max(x) AS version' AS text, o.version",
            "o.version AS version")) {
      LookupSettings orders =
          LookupSettings.of(
              "SELECT o.id, %s FROM o WHERE o.id IN (:ids) GROUP BY o.id, 3".formatted(version));
      assertThat(orders.withVersionColumn("version").versionColumn()).isEqualTo("version");
    }
  }

  /** An aggregate of another SELECT is none of the version. */
  @Test
  void new_aggregateInFrontOfTheSelect_isAccepted() {
    LookupSettings products =
        LookupSettings.of(
            "WITH s AS (SELECT pid, max(price) AS top FROM line GROUP BY pid)"
                + " SELECT p.version AS version, p.id FROM p JOIN s ON s.pid = p.id"
                + " WHERE p.id IN (:ids)");
    assertThat(products.withVersionColumn("version").versionColumn()).isEqualTo("version");
  }

  @Test
  void new_limitOnTheWholeStatement_isRefusedUnlessItHasOneId() {
    for (String limit : List.of("LIMIT 3", "OFFSET 1", "FETCH FIRST 2 ROWS ONLY")) {
      String query = "SELECT id FROM city WHERE id IN (:ids) ORDER BY id " + limit;
      assertRefused(
          () -> LookupSettings.of(query),
          "query: " + limit.replaceFirst(" [0-9].*", "") + " applies to all ids of a statement");
    }
    assertRefused(
        () -> LookupSettings.of("SELECT DISTINCT ON (name) id FROM city WHERE id IN (:ids)"),
        "query: DISTINCT ON applies to all ids of a statement");
    assertThatCode(
            () ->
                LookupSettings.of(
                    "SELECT c.id, 'LIMIT 1', t.n FROM city c CROSS JOIN LATERAL"
                        + " (SELECT n FROM x WHERE x.id = c.id LIMIT 3) t WHERE c.id IN (:ids)"))
        .doesNotThrowAnyException();
  }

  @Test
  void new_columnsOfTheKeyInAnotherOrder_isRefused() {
    assertRefused(
        () ->
            price(
                "SELECT tenant_id, sku FROM price p WHERE (p.SKU , \"tenant_id\") IN (:ids)",
                "tenant_id",
                "sku"),
        "query: compares (sku, tenant_id) with :ids, and the columns of the key are (tenant_id,"
            + " sku); write both in the same order");
    for (String row :
        List.of("(tenant_id, sku)", "ROW(tenant_id, sku)", "(sku, t)", "(lower(sku), tenant_id)")) {
      assertThatCode(() -> price("SELECT * FROM p WHERE " + row + " IN (:ids)", "tenant_id", "sku"))
          .as(row)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void new_enumKeyInAnArray_isRefused() {
    LookupSettings any = LookupSettings.of("SELECT id FROM t WHERE id = ANY(:ids)");
    assertRefused(
        () -> any.withKey("id", KeyType.ENUM),
        "query: = ANY(:ids) does not take a key of type enum; write IN (:ids)");
  }

  /** A lookup whose key has these columns. */
  static LookupSettings price(String query, String... columns) {
    return new LookupSettings(
        "price",
        SelectByIds.parse(query),
        new KeyColumns(
            Stream.of(columns).map(column -> new KeyColumn(column, KeyType.TEXT)).toList()),
        Rows.ONE,
        /* versionColumn= */ null,
        SelectByIds.MAX_IDS,
        LookupSettings.DEFAULT_ROWS,
        LookupSettings.DEFAULT_ROW_BYTES);
  }

  private static void assertRefused(ThrowingCallable settings, String message) {
    assertThatThrownBy(settings)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(message);
  }
}
