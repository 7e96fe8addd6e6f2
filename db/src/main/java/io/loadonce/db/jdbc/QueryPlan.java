package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.LookupSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How PostgreSQL would find the rows of one id. To plan a query, PostgreSQL also checks whether the
 * user may read its tables; to describe one, it does not.
 *
 * @param access the indexes that it would use, and the tables that it would read as a whole
 * @param warnings a large table that it would read as a whole
 */
record QueryPlan(String access, List<String> warnings) {

  static final QueryPlan UNKNOWN = new QueryPlan("", List.of());

  /** A table with more rows than this should not be read as a whole for one id. */
  private static final int LARGE_TABLE_ROWS = 10_000;

  private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[^\\s\".]+)";
  private static final Pattern SCAN =
      Pattern.compile("\\bSeq Scan on (NAME(?:\\.NAME)?)".replace("NAME", NAME));
  private static final Pattern INDEX =
      Pattern.compile(
          "\\b(?:Index(?: Only)? Scan(?: Backward)? using|Bitmap Index Scan on) (NAME)"
              .replace("NAME", NAME));

  /**
   * Plans the query for one id.
   *
   * @throws SQLException also if the user may not read a table
   */
  static QueryPlan of(Connection connection, LookupSettings lookup) throws SQLException {
    Set<String> scans = new LinkedHashSet<>();
    Set<String> access = new LinkedHashSet<>();
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN (VERBOSE, COSTS OFF) " + lookup.query().sql(1))) {
      new KeyParameters(lookup, /* isPostgresql= */ true)
          .set(explain, List.of(QueryCheck.sample(lookup)));
      try (ResultSet lines = explain.executeQuery()) {
        while (lines.next()) {
          String line = lines.getString(1);
          SCAN.matcher(line).results().map(QueryPlan::name).forEach(scans::add);
          INDEX.matcher(line).results().map(QueryPlan::name).forEach(access::add);
        }
      }
    } catch (SQLException e) {
      if (SqlFailure.dependsOnRow(e)) {
        return UNKNOWN;
      }
      throw e;
    }
    List<String> warnings = new ArrayList<>();
    for (String table : scans) {
      long rows = rows(connection, table);
      access.add("sequential scan of %s, %d rows".formatted(table, rows));
      if (rows > LARGE_TABLE_ROWS) {
        warnings.add(
            "each query reads all of %s, about %d rows; create an index on the column that the query"
                    .formatted(table, rows)
                + " compares with :ids");
      }
    }
    return new QueryPlan(String.join(", ", access), warnings);
  }

  /** As the last ANALYZE counted them; without one, as many as would fit. */
  private static long rows(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT CASE WHEN reltuples >= 0 THEN reltuples::bigint ELSE pg_relation_size(oid) /"
                + " 100 END FROM pg_class WHERE oid = to_regclass(?)")) {
      statement.setString(1, table);
      try (ResultSet count = statement.executeQuery()) {
        return count.next() ? count.getLong(1) : 0;
      }
    }
  }

  private static String name(MatchResult match) {
    return match.group(1);
  }
}
