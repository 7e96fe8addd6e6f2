package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/**
 * The column of a table from which a key column of a query is read, unchanged.
 *
 * @param schema the schema of the table, and {@code table} its name, as the catalog has them
 */
record KeyOrigin(String schema, String table, String column) {

  /**
   * Returns where the columns of the key come from, in their order: null for an expression, and if
   * the database rejects the query. Blocks for some round trips; the query is prepared and not run.
   *
   * @throws SQLException if the connection is lost
   */
  static List<@Nullable KeyOrigin> of(Connection connection, LookupSettings lookup)
      throws SQLException {
    List<@Nullable KeyOrigin> origins = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(lookup.query().sql(1))) {
      ResultSetMetaData result = statement.getMetaData();
      for (int i = 0; i < lookup.key().size(); i++) {
        origins.add(of(result, lookup.key().get(i).name()));
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
    for (int i = 1; result != null && i <= result.getColumnCount(); i++) {
      if (result.getColumnLabel(i).equalsIgnoreCase(label)) {
        KeyOrigin origin = of(result, i);
        return origin.table.isEmpty() || origin.column.isEmpty() ? null : origin;
      }
    }
    return null;
  }

  private static KeyOrigin of(ResultSetMetaData result, int i) throws SQLException {
    if (result.isWrapperFor(PGResultSetMetaData.class)) {
      PGResultSetMetaData names = result.unwrap(PGResultSetMetaData.class);
      return new KeyOrigin(
          names.getBaseSchemaName(i), names.getBaseTableName(i), names.getBaseColumnName(i));
    }
    return new KeyOrigin(result.getSchemaName(i), result.getTableName(i), result.getColumnName(i));
  }
}
