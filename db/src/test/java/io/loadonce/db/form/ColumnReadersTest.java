package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each column type looks like as JSON, on the real databases. */
@Tag("slow")
final class ColumnReadersTest {

  private static final Key ONE = Key.of("1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          CAST(7 AS SMALLINT)                              | 7
          -2147483648                                      | -2147483648
          CAST(9007199254740993 AS BIGINT)                 | "9007199254740993"
          CAST(12.50 AS NUMERIC(9,2))                      | "12.50"
          CAST(0.1 AS REAL)                                | 0.1
          CAST(0.1 AS DOUBLE PRECISION)                    | 0.1
          CAST('NaN' AS DOUBLE PRECISION)                  | "NaN"
          CAST('-Infinity' AS DOUBLE PRECISION)            | "-Infinity"
          CAST('Infinity' AS REAL)                         | "Infinity"
          TRUE                                             | true
          CAST('Zürich' AS VARCHAR(20))                    | "Zürich"
          DATE '2024-02-29'                                | "2024-02-29"
          TIME '12:30:00'                                  | "12:30:00"
          TIMESTAMP '2024-02-29 12:30:00'                  | "2024-02-29T12:30:00"
          TIMESTAMP '2024-02-29 12:30:00.123456'           | "2024-02-29T12:30:00.123456"
          TIMESTAMP WITH TIME ZONE '2024-02-29 12:30:00+05:30' | "2024-02-29T07:00:00Z"
          CAST('0B0F7A4E-93A5-4F0B-8D8C-0A1B2C3D4E5F' AS UUID) | "0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f"
          CAST(NULL AS INTEGER)                            | null
          CAST(NULL AS BIGINT)                             | null
          CAST(NULL AS REAL)                               | null
          CAST(NULL AS DOUBLE PRECISION)                   | null
          CAST(NULL AS BOOLEAN)                            | null
          CAST(NULL AS VARCHAR(5))                         | null
          CAST(NULL AS DATE)                               | null
          CAST(NULL AS TIME)                               | null
          CAST(NULL AS TIMESTAMP)                          | null
          CAST(NULL AS TIMESTAMP WITH TIME ZONE)           | null
          CAST(NULL AS JSON)                               | null
          ARRAY[1, 2, NULL]                                | [1,2,null]
          ARRAY[CAST(9007199254740993 AS BIGINT)]          | ["9007199254740993"]
          ARRAY['a', 'b']                                  | ["a","b"]
          """)
  void read_typeOfBoth_isTheSame(String expression, String json) throws Exception {
    assertThat(read(TestDatabase.H2, expression)).isEqualTo(value(json));
    assertThat(read(TestDatabase.POSTGRESQL, expression)).isEqualTo(value(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          '{"a": [1, null, {"b": true}]}'::json   | {"a":[1,null,{"b":true}]}
          '[1.5, "x"]'::jsonb                     | [1.5,"x"]
          'null'::jsonb                           | null
          '\\x00ff'::bytea                        | "AP8="
          NULL::bytea                             | null
          NULL::int[]                             | null
          ARRAY[[1,2],[3,4]]                      | [[1,2],[3,4]]
          'NaN'::numeric                          | "NaN"
          123456789012345678901234567890::numeric | "123456789012345678901234567890"
          '10.0.0.1'::inet                        | "10.0.0.1"
          B'101'                                  | "101"
          'infinity'::timestamptz                 | "infinity"
          '-infinity'::date                       | "-infinity"
          '12:30:00+02'::timetz                   | "12:30:00+02:00"
          'a'::char(3)                            | "a  "
          """)
  void read_typeOfPostgresql_isMapped(String expression, String json) throws Exception {
    assertThat(read(TestDatabase.POSTGRESQL, expression)).isEqualTo(value(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          JSON '{"a": [1, null, {"b": true}]}'    | {"a":[1,null,{"b":true}]}
          X'00ff'                                 | "AP8="
          CAST(X'00ff' AS BLOB)                   | "AP8="
          CAST('long' AS CLOB)                    | "long"
          CAST(7 AS TINYINT)                      | 7
          TIME WITH TIME ZONE '12:30:00+02:00'    | "12:30:00+02:00"
          """)
  void read_typeOfH2_isMapped(String expression, String json) throws Exception {
    assertThat(read(TestDatabase.H2, expression)).isEqualTo(value(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          POSTGRESQL | point(1,2)                 | column v has type point, which has no mapping; cast it in the query, such as to text
          POSTGRESQL | ROW(1,2)                   | column v has type record, which has no mapping; cast it in the query, such as to text
          POSTGRESQL | ARRAY[now()]               | an array column has elements without a mapping; cast it in the query, such as to text[]
          H2         | INTERVAL '1' DAY           | column v has type INTERVAL DAY, which has no mapping; cast it in the query, such as to text
          """)
  void read_typeWithoutMapping_isInvalidRow(TestDatabase kind, String expression, String problem)
      throws Exception {
    assertThat(unusable(kind, expression + " AS v").reason())
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessage(problem);
  }

  @ParameterizedTest
  @CsvSource({"45, [, ]", "30, {\"a\":, }"})
  void read_jsonTooDeepForAParser_isInvalidRow(int most, String open, String close)
      throws Exception {
    assertThat(read(TestDatabase.POSTGRESQL, deep(most - 1, open, close))).isNotNull();
    for (int levels : new int[] {most, 2_000}) {
      assertThat(unusable(TestDatabase.POSTGRESQL, deep(levels, open, close) + " AS v").reason())
          .hasMessage("a JSON column is not JSON or is too deep");
    }
  }

  private static String deep(int levels, String open, String close) {
    return "'" + open.repeat(levels) + "1" + close.repeat(levels) + "'::json";
  }

  @Test
  void read_twoColumnsOfOneName_isInvalidRow() throws Exception {
    assertThat(unusable(TestDatabase.H2, "1 AS v, 2 AS v").reason())
        .hasMessage("two columns have the name v; rename one with AS");
  }

  private static Value read(TestDatabase kind, String expression) throws Exception {
    return switch (row(kind, expression + " AS v")) {
      case SourceRow.Found<Row>(Row row, long _, long _) -> {
        assertThat(row.encodedData()).isEqualTo(row.data().toByteString());
        yield row.data().getFieldsOrThrow("v");
      }
      case SourceRow.Unusable<Row>(SourceException reason) -> throw reason;
    };
  }

  private static Value value(String json) throws InvalidProtocolBufferException {
    Value.Builder value = Value.newBuilder();
    JsonFormat.parser().merge(json, value);
    return value.build();
  }

  private static SourceRow.Unusable<Row> unusable(TestDatabase kind, String columns)
      throws Exception {
    return (SourceRow.Unusable<Row>) row(kind, columns);
  }

  private static SourceRow<Row> row(TestDatabase kind, String columns) throws Exception {
    String query = "SELECT id, " + columns + " FROM (SELECT 1 AS id) AS one WHERE id IN (:ids)";
    OneLookup settings = kind.database().settings(query).withPoolSize(1);
    try (var source = settings.open()) {
      Map<Key, SourceRow<Row>> rows = source.query(List.of(ONE)).run();
      assertThat(rows).containsOnlyKeys(ONE);
      return rows.values().iterator().next();
    }
  }
}
