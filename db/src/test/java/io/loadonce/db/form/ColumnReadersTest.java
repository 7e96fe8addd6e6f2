package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot be read, and values that are hard to read. {@link TypesPageTest} has all. */
@Tag("slow")
final class ColumnReadersTest {

  private static final Key ONE = Key.of("1");
  private static final String NO_FORM = "a value in column v of type %s has no JSON form: ";

  /** What is hard to find the end of, in an array, a composite value or an hstore. */
  private static final List<String> HARD =
      List.of("\"", "\\", ",", ";", "(", ")", "{", "}", "[", " ", "NULL", "=>", "a", "ü", "\t");

  @ParameterizedTest
  @CsvSource({"45, [, ]", "30, {\"a\":, }"})
  void read_jsonTooDeepForAParser_isInvalidRow(int most, String open, String close)
      throws Exception {
    assertThat(row(TestDatabase.POSTGRESQL, deep(most - 1, open, close)))
        .isInstanceOf(SourceRow.Found.class);
    for (int levels : new int[] {most, 2_000}) {
      assertThat(reason(row(TestDatabase.POSTGRESQL, deep(levels, open, close))))
          .isInstanceOf(SourceException.InvalidRow.class)
          .hasMessageStartingWith(NO_FORM.formatted("json") + "it is nested too deeply");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          POSTGRESQL | json          | '[1]'::json          | concat(repeat('[', 99), repeat(']', 99))::json
          H2         | INTERVAL YEAR | INTERVAL '1' YEAR(18) | INTERVAL '99999999999' YEAR(18)
          H2         | DECFLOAT      | CAST(1 AS DECFLOAT)   | 1E-200000
          """)
  void read_oneRowHasNoForm_failsAlone(TestDatabase kind, String typeName, String good, String bad)
      throws Exception {
    String query =
        "SELECT id, v FROM (VALUES (1, %s), (2, %s), (3, %s)) AS t (id, v) WHERE id IN (:ids)"
            .formatted(good, bad, good);

    Map<Key, SourceRow<Row>> rows = load(kind, query, List.of("1", "2", "3"));

    assertThat(rows.get(ONE)).isInstanceOf(SourceRow.Found.class);
    assertThat(rows.get(Key.of("3"))).isInstanceOf(SourceRow.Found.class);
    assertThat(reason(rows.get(Key.of("2"))))
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessageStartingWith(NO_FORM.formatted(typeName));
  }

  @Test
  void read_twoColumnsOfOneName_isInvalidRow() throws Exception {
    assertThat(reason(row(TestDatabase.H2, "1 AS v, 2 AS v")))
        .hasMessage("two columns have the name v; rename one with AS");
  }

  @Test
  void read_textThatIsHardToSplit_isWhatTheDatabaseMakesOfIt() throws Exception {
    CountedDatabase database = TestDatabase.POSTGRESQL.database();
    database.execute("CREATE EXTENSION IF NOT EXISTS hstore");
    database.execute("CREATE TYPE hard AS (a text, b text[], c hstore, d text)");
    database.execute("CREATE TABLE hard_value (id integer, v hard)");
    Random chance = new Random(7);
    List<String> ids = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
    for (String id : ids) {
      String a = hard(chance);
      String b = hard(chance);
      database.execute(
          "INSERT INTO hard_value VALUES (%s, ROW(%s, ARRAY[%s, NULL], hstore(%s, %s), NULL))"
              .formatted(id, a, b, a, b));
    }
    String query = "SELECT id, v, to_jsonb(v) AS j FROM hard_value WHERE id IN (:ids)";

    Map<Key, SourceRow<Row>> rows = load(TestDatabase.POSTGRESQL, query, ids);

    assertThat(rows).hasSameSizeAs(ids);
    assertThat(rows.values())
        .allSatisfy(
            row -> {
              Struct data = found(row).data();
              assertThat(data.getFieldsOrThrow("v")).isEqualTo(data.getFieldsOrThrow("j"));
            });
  }

  @Test
  void read_surrogateWithoutItsPair_isTheReplacementCharacter() throws Exception {
    Row row = found(row(TestDatabase.H2, "'a' || CHAR(55357) || CHAR(56826) || CHAR(55357)"));

    assertThat(row.data())
        .isEqualTo(
            Struct.newBuilder()
                .putFields("id", JsonValues.number(1.0))
                .putFields("v", JsonValues.text("a\uD83D\uDDFA\uFFFD"))
                .build());
  }

  @Test
  void read_typeWasAltered_hasTheNewAttributes() throws Exception {
    CountedDatabase database = TestDatabase.POSTGRESQL.database();
    database.execute("CREATE TYPE altered AS (a integer)");
    database.execute("CREATE TABLE with_altered (id integer, v altered)");
    database.execute("INSERT INTO with_altered VALUES (1, ROW(7))");
    String query = "SELECT id, v FROM with_altered WHERE id IN (:ids)";
    try (var source = settings(TestDatabase.POSTGRESQL, query).open()) {
      assertThat(attributes(source.query(List.of(ONE)).run())).containsExactly("a");
      database.execute("ALTER TYPE altered ADD ATTRIBUTE b integer");
      assertThat(attributes(source.query(List.of(ONE)).run())).containsExactly("a", "b");
      database.execute("ALTER TYPE altered DROP ATTRIBUTE a");
      assertThat(attributes(source.query(List.of(ONE)).run())).containsExactly("b");
    }
  }

  private static Set<String> attributes(Map<Key, SourceRow<Row>> rows) {
    return found(rows.get(ONE))
        .data()
        .getFieldsOrThrow("v")
        .getStructValue()
        .getFieldsMap()
        .keySet();
  }

  private static String hard(Random chance) {
    StringBuilder text = new StringBuilder();
    for (int i = chance.nextInt(5); i > 0; i--) {
      text.append(HARD.get(chance.nextInt(HARD.size())));
    }
    return "'" + text + "'";
  }

  private static String deep(int levels, String open, String close) {
    return "'" + open.repeat(levels) + "1" + close.repeat(levels) + "'::json";
  }

  private static Row found(@Nullable SourceRow<Row> row) {
    return ((SourceRow.Found<Row>) Objects.requireNonNull(row)).value();
  }

  private static SourceException reason(@Nullable SourceRow<Row> row) {
    return ((SourceRow.Unusable<Row>) Objects.requireNonNull(row)).reason();
  }

  private static @Nullable SourceRow<Row> row(TestDatabase kind, String columns) throws Exception {
    String named = columns.contains(" AS v") ? columns : columns + " AS v";
    String query = "SELECT id, " + named + " FROM (SELECT 1 AS id) AS one WHERE id IN (:ids)";
    return load(kind, query, List.of("1")).get(ONE);
  }

  private static Map<Key, SourceRow<Row>> load(TestDatabase kind, String query, List<String> ids)
      throws Exception {
    try (var source = settings(kind, query).open()) {
      return source.query(ids.stream().map(Key::of).toList()).run();
    }
  }

  private static OneLookup settings(TestDatabase kind, String query) {
    return kind.database().settings(query).withPoolSize(1);
  }
}
