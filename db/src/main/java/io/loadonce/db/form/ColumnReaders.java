package io.loadonce.db.form;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/**
 * Which reader a column needs. The type of the column decides the form of its values; no value
 * decides it.
 */
final class ColumnReaders {

  /** The driver does not have to be there. */
  private static final String MARIADB = "org.mariadb.jdbc.";

  private ColumnReaders() {}

  /**
   * Returns the reader, or null if the type has no JSON form.
   *
   * @param column from 1
   */
  static @Nullable ColumnReader of(ResultSetMetaData columns, int column) throws SQLException {
    int jdbcType = columns.getColumnType(column);
    String typeName = columns.getColumnTypeName(column);
    if (typeName == null) {
      return JdbcReaders.of(jdbcType);
    }
    if (columns.isWrapperFor(PGResultSetMetaData.class)) {
      return PostgresReaders.of(typeName, jdbcType);
    }
    ColumnReader named =
        columns.getClass().getName().startsWith(MARIADB)
            ? MariaDbReaders.of(typeName, columns.getPrecision(column))
            : H2Readers.of(typeName);
    return named == null ? JdbcReaders.of(jdbcType) : named;
  }
}
