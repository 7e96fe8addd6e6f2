package io.loadonce.db.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a query joins the column that is watched with its key column as they are. */
class KeyOriginTest {

  private static final KeyOrigin EMAIL = new KeyOrigin("public", "customer", "email");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JOIN login l ON l.mail = c.email WHERE",
        "JOIN login l ON (c.email=public.l.\"mail\") WHERE",
        "JOIN login l ON l.x = 1 AND mail = email AND y WHERE",
        ", login l WHERE c.email = l.mail AND",
      })
  void problemOfJoin_equalColumns_isNone(String join) {
    assertThat(problem(join, "mail")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"JOIN login USING (x, email) WHERE", "NATURAL JOIN login WHERE"})
  void problemOfJoin_columnsOfOneName_isNone(String join) {
    assertThat(problem(join, "email")).isNull();
    assertThat(problem(join, "mail")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JOIN login l ON lower(l.mail) = c.email WHERE",
        "JOIN login l ON l.mail = lower(c.email) WHERE",
        "JOIN login l ON l.mail = c.email || '' WHERE",
        "JOIN login l ON '' || l.mail = c.email WHERE",
        "JOIN login l ON l.mail = c.email::text WHERE",
        "JOIN login l ON l.mail = c.email COLLATE ci WHERE",
        "JOIN login l ON l.mails = c.email WHERE",
        "WHERE",
      })
  void problemOfJoin_anythingElse_namesBothColumns(String join) {
    assertThat(problem(join, "mail"))
        .isEqualTo(
            "the query does not join the column mail with its key column email by an equals sign"
                + " between the two");
  }

  @Test
  void problemOfJoin_keyWithOneSpelling_isNone() {
    LookupSettings byId =
        LookupSettings.of("SELECT id FROM a WHERE id IN (:ids)").withKey("id", KeyType.BIGINT);
    assertThat(
            new KeyOrigin("public", "a", "id")
                .problemOfJoin(byId, 0, ChangedTable.parse("b(a_id)")))
        .isNull();
  }

  private static @Nullable String problem(String join, String column) {
    LookupSettings lookup =
        LookupSettings.of("SELECT c.email FROM customer c " + join + " c.email IN (:ids)")
            .withKey("email", KeyType.TEXT);
    return EMAIL.problemOfJoin(lookup, 0, ChangedTable.parse("login(" + column + ")"));
  }
}
