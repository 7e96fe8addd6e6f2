package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each style in which a server writes intervals becomes what it writes itself as ISO 8601. */
@Tag("slow")
final class PostgresIntervalTest {

  private static final int INTERVALS = 500;

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "postgres_verbose", "sql_standard", "iso_8601"})
  void iso_otherStyle_isAsTheServerWritesIso(String style) throws SQLException {
    String values = values(new Random(7));
    CountedDatabase database = TestDatabase.POSTGRESQL.database();
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = connection.createStatement()) {
      statement.execute("SET intervalstyle = 'iso_8601'");
      List<String> expected = texts(statement, values);
      statement.execute("SET intervalstyle = '" + style + "'");
      List<String> written = texts(statement, values);

      assertThat(written.stream().map(PostgresInterval::iso)).containsExactlyElementsOf(expected);
    }
  }

  private static List<String> texts(Statement statement, String values) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet row = statement.executeQuery("SELECT CAST(v AS text) FROM " + values)) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  private static String values(Random chance) {
    List<String> values = new ArrayList<>();
    values.add("(interval '0')");
    values.add("(interval '-178000000 years +2147483647 days' + -2e18 * interval '1 microsecond')");
    for (int i = 0; i < INTERVALS; i++) {
      values.add(
          "(interval '%+d months %+d days' + %d * interval '1 microsecond')"
              .formatted(
                  chance.nextInt(-1, 2) * chance.nextInt(40),
                  chance.nextInt(-1, 2) * chance.nextInt(40),
                  chance.nextInt(-1, 2) * chance.nextLong(1L << chance.nextInt(10, 60))));
    }
    return "(VALUES " + String.join(", ", values) + ") AS t (v)";
  }
}
