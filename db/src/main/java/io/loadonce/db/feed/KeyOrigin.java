package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.ColumnLabels;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/**
 * The column of a table from which a key column of a query is read, unchanged. PostgreSQL and H2
 * also name a view as the origin of a column, although the view may compute it.
 *
 * @param schema the schema of the table, and {@code table} its name, as the catalog has them
 */
record KeyOrigin(String schema, String table, String column) {

  private static final String QUALIFIER = "(?:(?:\\w+|\"[^\"]+\")\\s*\\.\\s*)*+";
  private static final String BEFORE = "(?:\\b(?:ON|AND|WHERE)\\s|\\()\\s*";
  private static final String BEHIND =
      "\\s*(?:$|\\)|\\b(?:AND|CROSS|FULL|GROUP|HAVING|INNER|JOIN|LEFT|ORDER|RIGHT|UNION|WHERE)\\b)";

  private static final String IS_TABLE =
      """
      SELECT 1 FROM information_schema.tables
      WHERE table_schema = ? AND table_name = ? AND table_type <> 'VIEW'
      """;

  /**
   * Returns where the columns of the key come from, in their order: null for an expression, for a
   * column of a view, and if the database rejects the query. Blocks for some round trips; the query
   * is prepared and not run.
   *
   * @throws SQLException if the connection is lost
   */
  static List<@Nullable KeyOrigin> of(Connection connection, LookupSettings lookup)
      throws SQLException {
    List<@Nullable KeyOrigin> origins = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(lookup.query().sql(1))) {
      ResultSetMetaData result = statement.getMetaData();
      for (int i = 0; i < lookup.key().size(); i++) {
        KeyOrigin origin = of(result, lookup.key().get(i).name());
        origins.add(origin != null && origin.isOfTable(connection) ? origin : null);
      }
      return origins;
    } catch (SQLException e) {
      if (SqlFailure.of(e) instanceof SourceException.Unavailable) {
        throw e;
      }
      // One lookup cannot load its rows; the changes of the others are still reported.
      return Collections.nCopies(lookup.key().size(), null);
    }
  }

  private static @Nullable KeyOrigin of(@Nullable ResultSetMetaData result, String label)
      throws SQLException {
    int index = result == null ? 0 : ColumnLabels.of(result).indexOf(label);
    if (result == null || index == 0) {
      return null;
    }
    KeyOrigin origin = of(result, index);
    return origin.table.isEmpty() || origin.column.isEmpty() ? null : origin;
  }

  private static KeyOrigin of(ResultSetMetaData result, int i) throws SQLException {
    if (result.isWrapperFor(PGResultSetMetaData.class)) {
      PGResultSetMetaData names = result.unwrap(PGResultSetMetaData.class);
      return new KeyOrigin(
          names.getBaseSchemaName(i), names.getBaseTableName(i), names.getBaseColumnName(i));
    }
    return new KeyOrigin(result.getSchemaName(i), result.getTableName(i), result.getColumnName(i));
  }

  /**
   * Returns why another column, which a table is watched by, may hold a text that differs from the
   * key; null if it may not. The query has to join the two as they are: {@code ON a.x = b.y} or
   * {@code USING (x)}. If it converts one of them first, such as by {@code lower}, the texts may
   * differ.
   *
   * @param i the index of the column in the key
   */
  @Nullable String problemOfJoin(LookupSettings lookup, int i, ChangedTable table) {
    String other = table.plainColumns().get(i);
    KeyType type = lookup.key().get(i).type();
    boolean isText = type == KeyType.TEXT || type == KeyType.CHAR;
    return !isText || isJoinedWith(other, lookup.query().toString())
        ? null
        : ("the query does not join the column %s with its key column %s by an equals sign between"
                + " the two")
            .formatted(other, lookup.key().get(i).name());
  }

  private boolean isJoinedWith(String otherColumn, String query) {
    String one = QUALIFIER + name(column);
    String other = QUALIFIER + name(otherColumn);
    String using = "\\bUSING\\s*\\((?:[^()]*,)?\\s*" + name(column) + "\\s*(?:,[^()]*)?\\)";
    Stream<String> byEquals =
        Stream.of(
            BEFORE + one + "\\s*=\\s*" + other + BEHIND,
            BEFORE + other + "\\s*=\\s*" + one + BEHIND);
    Stream<String> byName =
        column.equalsIgnoreCase(otherColumn) ? Stream.of(using, "\\bNATURAL\\b") : Stream.empty();
    return Stream.concat(byEquals, byName)
        .anyMatch(join -> Pattern.compile("(?i)" + join).matcher(query).find());
  }

  private static String name(String column) {
    return "(?:%1$s|\"%1$s\")".formatted(Pattern.quote(column));
  }

  private boolean isOfTable(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IS_TABLE)) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
