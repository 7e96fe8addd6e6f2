package io.loadonce.db.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChangedTableTest {

  private static final KeyColumns PRICE_KEY =
      new KeyColumns(
          List.of(new KeyColumn("tenant_id", KeyType.BIGINT), new KeyColumn("sku", KeyType.TEXT)));

  @Test
  void of_noChanges_isTheOnlyTableOfTheQuery() {
    assertThat(table("SELECT * FROM city WHERE id IN (:ids)")).isEqualTo("city(id)");
    assertThat(table("select c.id\nfrom geo.city AS c\nwhere c.id in (:ids)"))
        .isEqualTo("geo.city(id)");
    assertThat(table("SELECT id FROM \"Old City\" WHERE id IN (:ids)"))
        .isEqualTo("\"Old City\"(id)");
    LookupSettings price =
        LookupSettings.of("SELECT * FROM price WHERE (tenant_id, sku) IN (:ids)")
            .withKey(PRICE_KEY);
    assertThat(WatchedLookup.of(price, List.of()).tables()).hasToString("[price(tenant_id, sku)]");
  }

  @Test
  void of_noChangesAndMoreThanOneTable_saysLookupAndWhatToWrite() {
    for (String query :
        new String[] {
          "SELECT id FROM a, b WHERE a.id = b.id AND id IN (:ids)",
          "SELECT id FROM ONLY a WHERE id IN (:ids)",
          "SELECT id FROM a JOIN b ON a.id = b.id WHERE id IN (:ids)",
          "SELECT id FROM (SELECT * FROM a) x WHERE id IN (:ids)",
          "SELECT id FROM a WHERE id IN (:ids) AND x = (SELECT 1 FROM b)",
        }) {
      LookupSettings lookup = LookupSettings.of(query).withName("both");
      assertThatThrownBy(() -> WatchedLookup.of(lookup, List.of()))
          .as(query)
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageStartingWith("changes: must be set for the lookup both")
          .hasMessageContaining("changes: [\"order_line(order_id)\"]");
      assertThat(WatchedLookup.of(lookup, List.of("a(id)", "b (a_id)", "a(id)")).tables())
          .hasToString("[a(id), b(a_id)]");
      assertThat(WatchedLookup.of(lookup, "a").tables()).hasToString("[a(id)]");
      assertThat(WatchedLookup.of(lookup, "a(b_id)").tables()).hasToString("[a(b_id)]");
    }
  }

  @Test
  void of_anotherNumberOfColumnsThanTheKey_isRefused() {
    LookupSettings lookup = LookupSettings.of("SELECT id FROM a WHERE id IN (:ids)");
    assertThatThrownBy(() -> WatchedLookup.of(lookup, List.of("a(x, y)")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("a(x, y) of the lookup default must have a column for each");
  }

  @Test
  void new_noName_isRefused() {
    for (String name :
        new String[] {"", "a b", "a;b", "a.b.c", "\"a\"b\"", "a'", "\"a\nb\"", "1a"}) {
      assertThatThrownBy(() -> new ChangedTable(name, List.of("id")))
          .as(name)
          .isInstanceOf(InvalidSettingException.class);
      assertThatThrownBy(() -> new ChangedTable("city", List.of("id", name)))
          .as(name)
          .isInstanceOf(InvalidSettingException.class);
    }
    for (String text : new String[] {"", "city", "city()", "city(id", "city(a b)", "(id)"}) {
      assertThatThrownBy(() -> ChangedTable.parse(text))
          .as(text)
          .isInstanceOf(InvalidSettingException.class);
    }
  }

  @Test
  void script_tablesAndColumnsThatLookAlike_haveFunctionsOfTheirOwn() {
    assertThat(
            Stream.of(
                    "city(id)",
                    "city(name)",
                    "city(id, name)",
                    "city(name, id)",
                    "city(id_name)",
                    "city_id(name)",
                    "city__id(name)",
                    "city(id__name)",
                    "\"City\"(id)",
                    "\"city!\"(id)",
                    "\"city?\"(id)",
                    "geo.city(id)",
                    "c".repeat(63) + "(id)")
                .map(text -> function(ChangedTable.parse(text)))
                .distinct())
        .hasSize(13)
        .allMatch(name -> name.length() <= 63 + "geo.".length());
    assertThat(function(ChangedTable.parse("CITY(ID)")))
        .isEqualTo(function(ChangedTable.parse("city(id)")));
  }

  @Test
  void script_severalLookups_hasEachTableOnceAndInOrder() {
    LookupSettings city = LookupSettings.of("SELECT id FROM city WHERE id IN (:ids)");
    String script =
        PostgresTriggers.script(
            List.of(
                WatchedLookup.of(city, List.of("zoo(id)", "city(id)")),
                WatchedLookup.of(city.withName("again"), List.of("city(id)", "city(twin)"))));
    assertThat(script.lines().filter(line -> line.startsWith("CREATE OR REPLACE FUNCTION")))
        .map(line -> line.replaceAll(".*FUNCTION (.*?)\\(.*", "$1"))
        .containsExactly(
            "loadonce_changed_zoo__id", "loadonce_changed_city__id", "loadonce_changed_city__twin");
    assertThat(script).contains("PREPARE TRANSACTION");
  }

  @Test
  void read_payload_isWhatItSays() {
    PostgresPayload payload = payload(KeyColumns.of("id", KeyType.BIGINT), "public.city(id)");
    assertThat(payload.read("public.city(id)"))
        .containsExactly(new Change.Everything("a"), new Change.Everything("coarse"));
    assertThat(payload.read("public.city(id):[7]"))
        .containsExactly(new Change.Row("a", Key.of("7")), new Change.Everything("coarse"));
    for (String foreign :
        new String[] {
          "public.city2(id)", "geo.city(id):[7]", "public.city(name):[\"x\"]", "a.b(c):[:[]",
        }) {
      assertThat(payload.read(foreign)).as(foreign).containsExactly(new Change.Elsewhere());
    }
    for (String wrong :
        new String[] {"", ":", "7", "city", "public.city", "public.city:7", "public.city(id):"}) {
      assertThat(payload.read(wrong)).as(wrong).containsExactly(new Change.Unreadable());
    }
    for (String wrong : new String[] {"[7", "[7]x", "[7,8]", "[[7]]", "[]"}) {
      assertThat(payload.read("public.city(id):" + wrong))
          .as(wrong)
          .contains(new Change.Unreadable());
    }
  }

  @Test
  void read_keyThatNoIdCanHave_isNoChange() {
    PostgresPayload payload = payload(KeyColumns.of("sku", KeyType.TEXT), "public.sku(sku)");
    for (String key :
        new String[] {"[null]", "[\"\"]", "[\"a\\tb\"]", "[\"" + "x".repeat(257) + "\"]"}) {
      assertThat(payload.read("public.sku(sku):" + key))
          .as(key)
          .containsExactly(new Change.Everything("coarse"));
    }
    PostgresPayload number = payload(KeyColumns.of("id", KeyType.INT), "public.city(id)");
    for (String key : new String[] {"[2147483648]", "[\"x\"]", "[\"NaN\"]", "[\"infinity\"]"}) {
      assertThat(number.read("public.city(id):" + key))
          .as(key)
          .containsExactly(new Change.Everything("coarse"));
    }
    PostgresPayload padded = payload(KeyColumns.of("sku", KeyType.CHAR), "public.sku(sku)");
    assertThat(padded.read("public.sku(sku):[\"ab" + " ".repeat(400) + "\"]"))
        .contains(new Change.Row("a", Key.of("ab")));
  }

  @Test
  void read_keyOfSeveralColumns_hasOneMeaning() {
    PostgresPayload payload = payload(PRICE_KEY, "public.price(tenant_id,sku)");
    for (String sku : new String[] {"a|b", "a,b", "\"", "]", "\\", ":[1]", "a\"],[\"b", "é"}) {
      String json = sku.replace("\\", "\\\\").replace("\"", "\\\"");
      assertThat(payload.read("public.price(tenant_id,sku):[7, \"" + json + "\"]"))
          .as(sku)
          .contains(new Change.Row("a", Key.of(List.of(Key.of(7), Key.of(sku)))));
    }
  }

  @Test
  void heartbeat_forged_isUnreadable() {
    assertThat(PostgresPayload.heartbeat("12")).isEqualTo(new Change.Heartbeat(12));
    for (String wrong : new String[] {"", "-1", "x", "9".repeat(19)}) {
      assertThat(PostgresPayload.heartbeat(wrong)).as(wrong).isEqualTo(new Change.Unreadable());
    }
  }

  /** A place that one lookup watches by key, and one as a whole. */
  private static PostgresPayload payload(KeyColumns key, String place) {
    return new PostgresPayload(
        Map.of(
            place,
            List.of(
                new Watcher("a", key, /* isByKey= */ true),
                new Watcher("coarse", key, /* isByKey= */ false))));
  }

  private static String function(ChangedTable table) {
    return PostgresTriggers.script(table)
        .replaceFirst("(?s).*CREATE OR REPLACE FUNCTION (.*?)\\(\\).*", "$1");
  }

  private static String table(String query) {
    return WatchedLookup.of(LookupSettings.of(query), List.of()).tables().getFirst().toString();
  }
}
