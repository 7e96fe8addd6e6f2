package io.loadonce.db.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import org.junit.jupiter.api.Test;

class ChangedTableTest {

  @Test
  void of_noName_isTheOnlyTableOfTheQuery() {
    assertThat(table("SELECT * FROM city WHERE id IN (:ids)")).isEqualTo("city");
    assertThat(table("select c.id\nfrom geo.city AS c\nwhere c.id in (:ids)"))
        .isEqualTo("geo.city");
    assertThat(table("SELECT id FROM \"Old City\" WHERE id IN (:ids)")).isEqualTo("\"Old City\"");
  }

  @Test
  void of_noNameAndMoreThanOneTable_mustBeNamed() {
    for (String query :
        new String[] {
          "SELECT id FROM a, b WHERE a.id = b.id AND id IN (:ids)",
          "SELECT id FROM a JOIN b ON a.id = b.id WHERE id IN (:ids)",
          "SELECT id FROM (SELECT * FROM a) x WHERE id IN (:ids)",
          "SELECT id FROM a WHERE id IN (:ids) AND x = (SELECT 1 FROM b)",
        }) {
      assertThatThrownBy(() -> table(query))
          .as(query)
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageStartingWith("listen-table: must be set");
      assertThat(ChangedTable.of("a", LookupSettings.of(query)).name()).isEqualTo("a");
    }
  }

  @Test
  void new_noName_isRefused() {
    for (String name :
        new String[] {"", "a b", "a;b", "a.b.c", "\"a\"b\"", "a'", "\"a\nb\"", "1a"}) {
      assertThatThrownBy(() -> new ChangedTable(name, "id"))
          .as(name)
          .isInstanceOf(InvalidSettingException.class);
      assertThatThrownBy(() -> new ChangedTable("city", name))
          .as(name)
          .isInstanceOf(InvalidSettingException.class);
    }
  }

  @Test
  void script_tablesWhoseNamesLookAlike_haveFunctionsOfTheirOwn() {
    assertThat(
            java.util.stream.Stream.of(
                    "city", "\"City\"", "\"city!\"", "\"city?\"", "geo.city", "c".repeat(63))
                .map(name -> function(new ChangedTable(name, "id")))
                .distinct())
        .hasSize(6)
        .allMatch(name -> name.length() <= 63 + "geo.".length());
    assertThat(function(new ChangedTable("CITY", "id")))
        .isEqualTo(function(new ChangedTable("city", "id")));
  }

  @Test
  void read_payload_isWhatItSays() {
    PostgresPayload payload =
        new PostgresPayload("public.city", KeyColumns.of("id", KeyType.BIGINT));
    assertThat(payload.read("public.city")).isEqualTo(new Change.Everything());
    assertThat(payload.read("public.city:7")).isEqualTo(new Change.Row(Key.of("7")));
    for (String foreign : new String[] {"public.city2", "geo.city:7", "public.cit", "a.b:c:d"}) {
      assertThat(payload.read(foreign)).as(foreign).isEqualTo(new Change.Elsewhere());
    }
    for (String wrong :
        new String[] {"", ":", "7", "city", "public.city:", "public.city:x", "\u0000.\u0000"}) {
      assertThat(payload.read(wrong)).as(wrong).isEqualTo(new Change.Unreadable());
    }
  }

  @Test
  void sign_forged_isUnreadable() {
    assertThat(PostgresPayload.heartbeat("12")).isEqualTo(new Change.Heartbeat(12));
    for (String wrong : new String[] {"", "-1", "x", "9".repeat(19)}) {
      assertThat(PostgresPayload.heartbeat(wrong)).as(wrong).isEqualTo(new Change.Unreadable());
    }
  }

  private static String function(ChangedTable table) {
    return PostgresTriggers.script(table)
        .replaceFirst("(?s).*CREATE OR REPLACE FUNCTION (.*?)\\(\\).*", "$1");
  }

  private static String table(String query) {
    return ChangedTable.of("", LookupSettings.of(query)).name();
  }
}
