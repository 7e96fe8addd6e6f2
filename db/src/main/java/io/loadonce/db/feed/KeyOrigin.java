package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.ColumnLabels;
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
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/**
 * The column of a table from which a key column of a query is read, unchanged. PostgreSQL and H2
 * also name a view as the origin of a column, although the view may compute it.
 *
 * @param schema the schema of the table, and {@code table} its name, as the catalog has them
 */
record KeyOrigin(String schema, String table, String column) {

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
