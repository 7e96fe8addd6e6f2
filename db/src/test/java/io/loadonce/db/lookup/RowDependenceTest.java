package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Queries whose rows of one id depend on the other ids of the statement, and queries that do not.
 */
final class RowDependenceTest {

  private static final String BECAUSE =
      " applies to all ids of a statement together, so that the rows of an id would depend on the"
          + " others; ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT id, count(*) OVER () AS n FROM t WHERE id IN (:ids)                    | a window function without PARTITION BY | add PARTITION BY with the key
          SELECT id, row_number() OVER (ORDER BY x) FROM t WHERE id IN (:ids)           | a window function without PARTITION BY | add PARTITION BY with the key
          SELECT id, sum(x) FILTER (WHERE x > 0) OVER w FROM t WHERE id IN (:ids) WINDOW w AS (ORDER BY x) | a window function without PARTITION BY | add PARTITION BY with the key
          SELECT id, rank() OVER (w ROWS 1 PRECEDING) FROM t WHERE id IN (:ids) WINDOW w AS (ORDER BY x) | a window function without PARTITION BY | add PARTITION BY with the key
          SELECT max(id) AS id, count(*) FROM t WHERE id IN (:ids)                      | MAX without GROUP BY | add GROUP BY with the key
          SELECT country, max(id) FROM t WHERE country IN (:ids)                        | MAX without GROUP BY | add GROUP BY with the key
          SELECT 7 AS id, coalesce(sum(x), 0) FROM t WHERE id IN (:ids)                 | SUM without GROUP BY | add GROUP BY with the key
          SELECT 7 AS id, string_agg(x, ',' ORDER BY x) FILTER (WHERE y) FROM t WHERE id IN (:ids) | STRING_AGG without GROUP BY | add GROUP BY with the key
          SELECT 7 AS id, mode() WITHIN GROUP (ORDER BY x) FROM t WHERE id IN (:ids)    | MODE without GROUP BY | add GROUP BY with the key
          WITH c AS (SELECT * FROM t WHERE id IN (:ids)) SELECT 7 AS id, count(*) FROM c | COUNT without GROUP BY | add GROUP BY with the key
          WITH c AS (SELECT * FROM t WHERE id IN (:ids) ORDER BY x LIMIT 5) SELECT * FROM c | LIMIT | remove it
          SELECT * FROM (SELECT id, row_number() OVER (ORDER BY x) FROM t WHERE id IN (:ids)) AS n | a window function without PARTITION BY | add PARTITION BY with the key
          SELECT id FROM u UNION ALL SELECT max(id) AS id FROM t WHERE id IN (:ids)     | MAX without GROUP BY | add GROUP BY with the key
          SELECT id FROM t WHERE id IN (:ids) FETCH  FIRST 2 ROWS ONLY                  | FETCH FIRST | remove it
          SELECT id FROM t WHERE id IN (:ids) UNION ALL SELECT id FROM u LIMIT 3        | LIMIT | remove it
          SELECT DISTINCT ON (name) id FROM t WHERE id IN (:ids)                        | DISTINCT ON | name the key in it
          SELECT x, id FROM t WHERE n IN (SELECT n FROM t WHERE id IN (:ids) ORDER BY m LIMIT 10) | LIMIT | remove it
          SELECT id FROM u UNION ALL (SELECT id FROM t WHERE id IN (:ids) LIMIT 10)     | LIMIT | remove it
          SELECT id FROM c, (SELECT id FROM t WHERE id IN (:ids) LIMIT 5) x             | LIMIT | remove it
          SELECT id FROM ((SELECT id FROM t WHERE id IN (:ids) LIMIT 5)) x              | LIMIT | remove it
          """)
  void new_rowsDependOnOtherIds_isRefusedUnlessAStatementHasOneId(
      String query, String subject, String remedy) {
    String key = query.contains("country") ? "country" : "id";
    assertThatThrownBy(() -> LookupSettings.of(query).withKey(key, KeyType.TEXT))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("query: " + subject + BECAUSE + remedy + ", or set max-ids-per-query to 1");
    assertThatCode(() -> alone(query)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, count(*) FROM t WHERE id IN (:ids) GROUP BY id",
        "SELECT t.id, coalesce(sum(l.x), 0) FROM t JOIN l ON l.t = t.id WHERE t.id IN (:ids)"
            + " GROUP BY t.id",
        "SELECT min(id) AS id FROM t WHERE id IN (:ids) GROUP BY 1",
        "SELECT id, count(*) OVER (PARTITION BY id) FROM t WHERE id IN (:ids)",
        "SELECT o.id AS order_id, row_number() OVER (PARTITION BY o.\"id\" ORDER BY x) AS id"
            + " FROM o WHERE o.id IN (:ids)",
        "SELECT id, sum(x) OVER w FROM t WHERE id IN (:ids) WINDOW w AS (PARTITION BY id)",
        "SELECT id, sum(x) OVER (w ORDER BY x), max(x) OVER v FROM t WHERE id = ANY(:ids) WINDOW w"
            + " AS (PARTITION BY id), v AS (w ORDER BY y)",
        "SELECT id, (SELECT count(*) FROM l WHERE l.t = t.id) FROM t WHERE id IN (:ids)",
        "SELECT id, l.n FROM t JOIN LATERAL (SELECT count(*) AS n FROM l WHERE l.t = t.id) l ON"
            + " true WHERE id IN (:ids)",
        "SELECT t.id, l.n FROM t JOIN LATERAL (SELECT count(*) AS n FROM l WHERE l.t = t.id AND"
            + " l.t IN (:ids) HAVING count(*) > 0) l ON true",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM l WHERE l.t = t.id AND l.t IN (:ids) LIMIT"
            + " 1)",
        "WITH m AS (SELECT max(x) AS m, rank() OVER (ORDER BY max(x)) FROM u LIMIT 1) SELECT id,"
            + " m FROM t, m WHERE id IN (:ids)",
        "SELECT id FROM t WHERE id IN (:ids) UNION ALL SELECT max(id) FROM u",
        "SELECT id, count, \"max\"(x), 'sum(x) OVER ()' FROM t AS sum(id) WHERE id IN (:ids)",
        "SELECT DISTINCT ON (t.id) id, x FROM t WHERE t.id IN (:ids) ORDER BY t.id, x",
        "SELECT id, over FROM t WHERE id IN (:ids)",
        "SELECT id, stats.count(x) FROM t WHERE id IN (:ids)",
      })
  void new_rowsDependOnTheirIdOnly_isAccepted(String query) {
    assertThat(LookupSettings.of(query).warnings()).isEmpty();
  }

  @Test
  void warnings_clauseDoesNotNameTheKey_areOneLineEach() {
    LookupSettings byName =
        LookupSettings.of(
            "SELECT id, rank() OVER (PARTITION BY  o.\"name\",\n lower(x) ORDER BY y) FROM o WHERE"
                + " id IN (:ids)");

    assertThat(byName.warnings())
        .containsExactly(
            "PARTITION BY o.\"name\", lower(x) does not name the key (id bigint): if several ids"
                + " have the same values there, the rows of an id depend on the others; add the"
                + " key to it");
    assertThat(byName.withMaxIdsPerQuery(1).warnings()).isEmpty();
    assertThat(
            LookupSettings.of(
                    "SELECT max(id) AS id, name FROM t WHERE id IN (:ids) GROUP BY name ORDER BY 1")
                .warnings())
        .singleElement()
        .asString()
        .startsWith("GROUP BY name does not name the key (id bigint): ");
  }

  @Test
  void warnings_keyOfTwoColumns_needsBoth() {
    String query =
        "SELECT tenant_id, sku, rank() OVER (PARTITION BY %s ORDER BY x) FROM price WHERE"
            + " (p.tenant_id, p.sku) IN (:ids)";
    assertThat(warnings(query.formatted("sku, tenant_id"))).isEmpty();
    assertThat(warnings(query.formatted("sku"))).hasSize(1);
  }

  private static List<String> warnings(String query) {
    return LookupSettingsTest.price(query, "tenant_id", "sku").warnings();
  }

  private static LookupSettings alone(String query) {
    return new LookupSettings(
        LookupSettings.DEFAULT_NAME,
        SelectByIds.parse(query),
        KeyColumns.of("id", KeyType.BIGINT),
        Rows.ONE,
        /* versionColumn= */ null,
        /* maxIdsPerQuery= */ 1,
        LookupSettings.DEFAULT_ROWS,
        LookupSettings.DEFAULT_ROW_BYTES);
  }
}
