package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SelectByIdsTest {

  @Test
  void sql_countBetweenPowers_isPaddedToTheNext() {
    SelectByIds query = SelectByIds.parse("SELECT id FROM t WHERE id IN (:ids) LIMIT 9");

    assertThat(query.sql(1)).isEqualTo("SELECT id FROM t WHERE id IN (?) LIMIT 9");
    assertThat(query.sql(3)).isEqualTo("SELECT id FROM t WHERE id IN (?, ?, ?, ?) LIMIT 9");
    assertThat(query.sql(3)).isSameAs(query.sql(4));
    assertThat(query.sql(256).chars().filter(c -> c == '?')).hasSize(256);
    assertThat(query.sql(129)).isSameAs(query.sql(256));
  }

  @Test
  void sql_keyOfTwoColumns_hasRowValues() {
    SelectByIds query =
        SelectByIds.parse("SELECT * FROM price WHERE (tenant, sku) IN (:ids)").forKey(2);

    assertThat(query.sql(1)).isEqualTo("SELECT * FROM price WHERE (tenant, sku) IN ((?, ?))");
    assertThat(query.sql(2))
        .isEqualTo("SELECT * FROM price WHERE (tenant, sku) IN ((?, ?), (?, ?))");
  }

  @Test
  void sql_any_isOneArrayForEachCount() {
    SelectByIds query = SelectByIds.parse("SELECT id FROM t WHERE id = ANY(:ids)");

    assertThat(query.usesArray()).isTrue();
    assertThat(query.sql(1)).isEqualTo("SELECT id FROM t WHERE id = ANY(?)");
    assertThat(query.sql(200)).isSameAs(query.sql(1));
    assertThatThrownBy(() -> query.forKey(2))
        .hasMessage("query: = ANY(:ids) needs a key of one column; write WHERE (a, b) IN (:ids)");
  }

  @Test
  void parse_semicolonAtTheEnd_isRemoved() {
    assertThat(SelectByIds.parse(" SELECT id FROM t WHERE id IN (:ids) ; \n"))
        .hasToString("SELECT id FROM t WHERE id IN (:ids)");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,4", "4,4", "5,8", "128,128", "129,256", "256,256"})
  void parameters_count_isTheNextPowerOfTwo(int count, int parameters) {
    assertThat(SelectByIds.slots(count)).isEqualTo(parameters);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 257})
  void parameters_countOutOfRange_isRefused(int count) {
    assertThatThrownBy(() -> SelectByIds.slots(count)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, name FROM city WHERE id IN (:ids)",
        "  select id from city where id in ( :ids )\n",
        "SELECT id, ':ids' AS a FROM city WHERE id IN (:ids)",
        "SELECT id, 'it''s; -- /* ?' AS a FROM city WHERE id IN (:ids)",
        "SELECT id AS \":ids\" FROM city WHERE id IN (:ids)",
        "SELECT id, $$;:ids$$ AS a FROM city WHERE id IN (:ids)",
        "SELECT id::text, created_at::date FROM city WHERE id IN (:ids)",
        "SELECT id, tags[1:2] FROM city WHERE id IN (:ids)",
        "SELECT id FROM city WHERE id IN (:ids); ",
        "SELECT id -- of a city; ?\n FROM city WHERE id IN (:ids) /* :ids */",
        "-- the cities\nSELECT id FROM city WHERE id IN (:ids)",
        "WITH c AS (SELECT 1 AS id) SELECT id FROM c WHERE id IN (:ids)",
        "SELECT id FROM city WHERE id = ANY (:ids)",
        "SELECT id, a$1, é$b, \"$c\", '$1' FROM city WHERE id IN (:ids)",
        "SELECT id, nextval, 'setval(1)' FROM city WHERE id IN (:ids)",
        "SELECT c.id, updated_at FROM city c JOIN deleted_city d USING (id) WHERE c.id IN (:ids)",
      })
  void parse_oneSelectWithIdsOnce_isTaken(String text) {
    assertThat(SelectByIds.parse(text).sql(1)).contains("?").doesNotEndWith("(:ids)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT id FROM city                                        | query: has no :ids; write WHERE key IN (:ids)
          SELECT ':ids' FROM city                                    | query: has no :ids; write WHERE key IN (:ids)
          SELECT ":ids" FROM city                                    | query: has no :ids; write WHERE key IN (:ids)
          SELECT id FROM city WHERE id IN (:ids) OR x IN (:ids)      | query: has :ids more than once
          SELECT id FROM city WHERE id IN (:ids); DROP TABLE city    | query: must be one statement
          SELECT id FROM city WHERE id IN (:ids);;                   | query: must be one statement
          SELECT id FROM city WHERE id IN (:ids) --x                 | query: --x is read differently by databases; write a blank after --
          SELECT id /*! x */ FROM city WHERE id IN (:ids)            | query: /*! is read differently by databases; write a blank after /*
          SELECT id /* x FROM city WHERE id IN (:ids)                | query: a comment /* is not closed
          SELECT id /* x /* y */ */ FROM city WHERE id IN (:ids)     | query: a comment within a comment is read differently by databases; remove one
          SELECT id FROM city -- WHERE id IN (:ids)                  | query: has no :ids; write WHERE key IN (:ids)
          UPDATE city SET name = '' WHERE id IN (:ids)               | query: must begin with SELECT or WITH
          WITH c AS (DELETE FROM city RETURNING id) SELECT id FROM c WHERE id IN (:ids) | query: must only read; found DELETE
          SELECTED FROM city WHERE id IN (:ids)                      | query: must begin with SELECT or WITH
          SELECT id FROM city WHERE id IN (:ids) AND x = ?           | query: must not have a ?; the ids come in for :ids. Instead of the operator ? of jsonb, write jsonb_exists(column, 'key')
          SELECT id FROM city WHERE id IN (:ids) AND x = $1          | query: must not have a $ in front of a word; the ids come in for :ids. Quote a name that begins with $
          SELECT id, 1$2 FROM city WHERE id IN (:ids)                | query: must not have a $ in front of a word; the ids come in for :ids. Quote a name that begins with $
          SELECT id, $a FROM city WHERE id IN (:ids)                 | query: must not have a $ in front of a word; the ids come in for :ids. Quote a name that begins with $
          SELECT id FROM city WHERE id = :id                         | query: has an unknown placeholder :id; only :ids is known
          SELECT id FROM city WHERE id IN (:ids) AND x = :y          | query: has an unknown placeholder :y; only :ids is known
          SELECT id FROM city WHERE id = :ids                        | query: must use :ids as WHERE key IN (:ids)
          SELECT id FROM city WHERE id NOT IN (:ids)                 | query: must not use NOT IN; write WHERE key IN (:ids)
          SELECT id FROM FINAL TABLE (DELETE FROM city WHERE id IN (:ids)) | query: must only read; found DELETE
          SELECT id INTO b FROM city WHERE id IN (:ids)              | query: must only read; found INTO
          SELECT id FROM city WHERE id IN (:ids) FOR UPDATE          | query: must only read; found UPDATE
          SELECT id FROM city WHERE id IN (:ids) FOR SHARE           | query: must only read; found FOR SHARE
          SELECT id FROM city WHERE id IN (:ids) LOCK IN  SHARE MODE | query: must only read; found LOCK IN SHARE MODE
          SELECT id FROM city WHERE id != ANY(:ids)                  | query: must use :ids as WHERE key IN (:ids)
          SELECT id, nextval ('s') FROM city WHERE id IN (:ids)      | query: must only read; found NEXTVAL
          SELECT id, setval('s', 1) FROM city WHERE id IN (:ids)     | query: must only read; found SETVAL
          SELECT id, next  value for s FROM city WHERE id IN (:ids)  | query: must only read; found NEXT VALUE FOR
          SELECT id, pg_catalog.pg_notify('a', 'b') FROM city WHERE id IN (:ids) | query: must only read; found PG_NOTIFY
          SELECT id, pg_try_advisory_lock(id) FROM city WHERE id IN (:ids) | query: must only read; found PG_TRY_ADVISORY_LOCK
          SELECT id, $x$:ids$x$ FROM city WHERE id IN (:ids)         | query: $x$ is read differently by databases; write the text in single quotes
          SELECT a$$; DELETE FROM b$$ WHERE id IN (:ids)             | query: $$ is read differently by databases; write the text in single quotes
          SELECT id FROM city WHERE name = "x AND id IN (:ids)       | query: a quote " is not closed
          """)
  void parse_anythingElse_namesWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> SelectByIds.parse(text))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(message);
  }

  @Test
  void parse_backslashBeforeQuote_isRefused() {
    assertThatThrownBy(
            () -> SelectByIds.parse("SELECT id, 'a\\' FROM city WHERE id IN (:ids) AND x = ''"))
        .hasMessageStartingWith("query: a backslash before a quote");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WHERE id IN (:ids)                     | [id]
          WHERE a.b."Id"  IN (:ids)              | [id]
          WHERE `c`.`id` IN (:ids)               | [id]
          WHERE day::text = ANY (:ids)           | [day::text]
          WHERE (id) IN (:ids)                   | [id]
          WHERE x AND (p.a, lower( b )) IN (:ids) | [a, lower(b)]
          WHERE row (a, b) IN (:ids)             | [a, b]
          WHERE lower(id) IN (:ids)              | []
          WHERE id + 1 IN (:ids)                 | [1]
          """)
  void compared_columnOrRow_isNamed(String where, String expressions) {
    assertThat(SelectByIds.parse("SELECT id FROM t " + where).compared()).hasToString(expressions);
  }

  @Test
  void parse_empty_isRefused() {
    assertThatThrownBy(() -> SelectByIds.parse(" "))
        .hasMessage("query: must begin with SELECT or WITH");
  }
}
