package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.TypeCases.TypeCase;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/types.md} says what the real databases return, and is written with {@code
 * -Ddocs=write}. Each value has the same bytes at every load, alone and in a batch, in every
 * session.
 */
@Tag("slow")
final class TypesPageTest {

  private static final Path PAGE = Path.of("..", "docs", "types.md");

  /** The driver receives some types in binary from the sixth load of a connection. */
  private static final int LOADS = 8;

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private static final Key VALUES = new Key("1");
  private static final Key NULLS = new Key("2");
  private static final Key VALUES_AGAIN = new Key("3");

  private static final List<String> POSTGRESQL =
      List.of(
          "CREATE EXTENSION IF NOT EXISTS citext",
          "CREATE EXTENSION IF NOT EXISTS hstore",
          "CREATE TYPE mood AS ENUM ('fine', 'so so')",
          "CREATE TYPE address AS (street text, number integer, since timestamptz)",
          "CREATE TYPE floatrange AS RANGE (subtype = double precision)",
          "CREATE TYPE visitrange AS RANGE (subtype = timestamptz)",
          "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
          "CREATE DOMAIN price AS numeric(9,2)",
          "CREATE ROLE other_settings LOGIN IN ROLE pg_read_all_data",
          "ALTER ROLE other_settings SET bytea_output = 'escape'",
          "ALTER ROLE other_settings SET extra_float_digits = -5",
          "ALTER ROLE other_settings SET intervalstyle = 'sql_standard'");

  private static final Map<TestDatabase, TypeCases> PREPARED = new HashMap<>();

  @Test
  void page_tablesOfPostgresql_areWhatItReturns() throws Exception {
    assertThatPageHas(TestDatabase.POSTGRESQL);
  }

  @Test
  void page_tablesOfH2_areWhatItReturns() throws Exception {
    assertThatPageHas(TestDatabase.H2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepareThreshold=1",
        "prepareThreshold=-1",
        "binaryTransfer=false",
        "prepareThreshold=0"
      })
  void load_otherTransfer_hasTheSameBytes(String parameter) throws Exception {
    CountedDatabase database = TestDatabase.POSTGRESQL.database();
    Struct expected = load(TestDatabase.POSTGRESQL, settings(TestDatabase.POSTGRESQL));

    DatabaseSettings other =
        settings(TestDatabase.POSTGRESQL).toBuilder().url(database.url() + "?" + parameter).build();

    assertThat(load(TestDatabase.POSTGRESQL, other)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "other_settings"})
  void load_otherSessionInAnotherZone_hasTheSameBytes(String user) throws Exception {
    Struct expected = load(TestDatabase.POSTGRESQL, settings(TestDatabase.POSTGRESQL));
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/Caracas"));
      DatabaseSettings other = settings(TestDatabase.POSTGRESQL).toBuilder().user(user).build();

      assertThat(load(TestDatabase.POSTGRESQL, other)).isEqualTo(expected);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  private static void assertThatPageHas(TestDatabase kind) throws Exception {
    TypeCases types = prepared(kind);
    Struct row = load(kind, settings(kind));
    String page = Files.readString(PAGE);
    String right = page;
    for (String group : types.groups()) {
      StringBuilder table = new StringBuilder("| type | value in SQL | JSON |\n|---|---|---|\n");
      for (int i = 0; i < types.cases().size(); i++) {
        TypeCase type = types.cases().get(i);
        if (type.group().equals(group)) {
          table.append(
              "| %s | %s | %s |%n"
                  .formatted(
                      code(type.type()),
                      code(type.value()),
                      code(json(row.getFieldsOrThrow(TypeCases.column(i))))));
        }
      }
      right = putInto(right, kind + ": " + group, table.toString());
    }
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(PAGE, right);
      return;
    }
    assertThat(page).as("run with -Ddocs=write").isEqualTo(right);
  }

  private static String putInto(String page, String name, String table) {
    String begin = "<!-- table: " + name + " -->\n";
    int start = page.indexOf(begin);
    assertThat(start).as("no place for table %s", name).isNotNegative();
    int from = start + begin.length();
    return page.substring(0, from) + table + page.substring(page.indexOf("<!-- end -->", from));
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  /** As most languages write it, 7 and not 7.0. */
  private static String json(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> GSON.toJson(value.getStringValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NULL_VALUE, KIND_NOT_SET -> "null";
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(TypesPageTest::json)
              .collect(Collectors.joining(",", "[", "]"));
      case STRUCT_VALUE ->
          value.getStructValue().getFieldsMap().entrySet().stream()
              .map(field -> GSON.toJson(field.getKey()) + ":" + json(field.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    };
  }

  private static String number(double number) {
    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1e17;
    return isWhole ? Long.toString((long) number) : Double.toString(number);
  }

  /** The row of the values, after it was loaded in all ways and was always the same. */
  private static Struct load(TestDatabase kind, DatabaseSettings settings) throws Exception {
    prepared(kind);
    try (var source = JdbcSource.open(settings, row -> row)) {
      Row first = row(source.query(List.of(VALUES)).run(), VALUES);
      Row nulls = row(source.query(List.of(NULLS)).run(), NULLS);
      assertThat(nulls.data().getFieldsMap())
          .allSatisfy(
              (name, value) -> assertThat(name.equals("id") || value.hasNullValue()).isTrue());
      for (int i = 1; i < LOADS; i++) {
        assertSame(row(source.query(List.of(VALUES)).run(), VALUES), first, "alone", i);
        var batch = source.query(List.of(NULLS, VALUES_AGAIN, VALUES)).run();
        assertSame(row(batch, VALUES), first, "in a batch", i);
        assertSame(row(batch, NULLS), nulls, "nulls in a batch", i);
        assertThat(withoutId(row(batch, VALUES_AGAIN))).isEqualTo(withoutId(first));
      }
      return withoutId(first);
    }
  }

  private static void assertSame(Row row, Row expected, String how, int load) {
    assertThat(row.data()).as("%s, load %d", how, load).isEqualTo(expected.data());
    assertThat(row.encodedData()).as("%s, load %d", how, load).isEqualTo(expected.encodedData());
  }

  private static Struct withoutId(Row row) {
    return row.data().toBuilder().removeFields("id").build();
  }

  private static Row row(Map<Key, SourceRow<Row>> rows, Key id) throws SourceException {
    return switch (rows.get(id)) {
      case SourceRow.Found<Row>(Row row, long _, long _) -> row;
      case SourceRow.Unusable<Row>(SourceException reason) -> throw reason;
      case null -> throw new AssertionError("no row " + id);
    };
  }

  private static DatabaseSettings settings(TestDatabase kind) {
    return kind.database().settings("SELECT * FROM every_type WHERE id IN (:ids)").toBuilder()
        .poolSize(1)
        .build();
  }

  private static TypeCases prepared(TestDatabase kind) throws IOException {
    TypeCases known = PREPARED.get(kind);
    if (known != null) {
      return known;
    }
    TypeCases types = TypeCases.of(kind.name().toLowerCase(Locale.ROOT));
    CountedDatabase database = kind.database();
    if (kind == TestDatabase.POSTGRESQL) {
      POSTGRESQL.forEach(database::execute);
    }
    database.execute(types.createTable());
    types.insertRows().forEach(database::execute);
    PREPARED.put(kind, types);
    return types;
  }
}
