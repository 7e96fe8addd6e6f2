package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.ColumnLabels;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/**
 * Finds key columns for which the database takes different texts for equal. The cache compares keys
 * byte by byte, so such a column would give one id two outcomes.
 */
record KeyEquality(Database database, Connection connection) {

  /** The column of a table that a column of the result is read from. */
  private record TableColumn(String schema, String table, String column) {}

  private static final String OF_POSTGRESQL =
      """
      SELECT coalesce(base.typname, type.typname), coll.collname
      FROM pg_attribute AS attribute
      JOIN pg_type AS type ON type.oid = attribute.atttypid
      LEFT JOIN pg_type AS base ON base.oid = nullif(type.typbasetype, 0)
      LEFT JOIN pg_collation AS coll
        ON coll.oid = attribute.attcollation AND NOT coll.collisdeterministic
      WHERE attribute.attrelid = format('%I.%I', ?, ?)::regclass AND attribute.attname = ?
      """;

  private static final String OF_MARIADB =
      """
      SELECT data_type, CASE WHEN collation_name NOT LIKE '%\\_bin' THEN collation_name END
      FROM information_schema.columns
      WHERE table_schema = ? AND table_name = ? AND column_name = ?
      """;

  /** Returns a line for each column of the key that does not fit. */
  List<String> problems(ResultSetMetaData result, KeyColumns key) throws SQLException {
    List<String> problems = new ArrayList<>();
    ColumnLabels labels = ColumnLabels.of(result);
    for (KeyColumn column : key.columns()) {
      int index = labels.indexOf(column.name());
      String problem = index == 0 ? null : problem(result, index, column);
      if (problem != null) {
        problems.add("the key column " + column.name() + " " + problem);
      }
    }
    return problems;
  }

  private @Nullable String problem(ResultSetMetaData result, int index, KeyColumn column)
      throws SQLException {
    String type = result.getColumnTypeName(index).toLowerCase(Locale.ROOT);
    if (type.contains("ignorecase")) {
      return "has type %s, for which texts of different case are equal; use VARCHAR"
          .formatted(type);
    }
    if (type.equals("citext")) {
      return citext(column);
    }
    TableColumn base = base(result, index);
    String problem = base == null ? null : problem(base, column);
    if (problem == null
        && column.type() == KeyType.TEXT
        && result.getColumnType(index) == Types.CHAR
        && !type.equals("\"char\"")) {
      return "has type %s, which is padded with blanks; use the key type char".formatted(type);
    }
    return problem;
  }

  private @Nullable String problem(TableColumn base, KeyColumn column) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(database.isPostgresql() ? OF_POSTGRESQL : OF_MARIADB)) {
      statement.setString(1, base.schema());
      statement.setString(2, base.table());
      statement.setString(3, base.column());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        if (row.getString(1).equals("citext")) {
          return citext(column);
        }
        String collation = row.getString(2);
        if (collation == null) {
          return null;
        }
        return "has the collation %s, for which different texts may be equal; use a column with %s"
            .formatted(
                collation,
                database.isPostgresql()
                    ? "a deterministic collation, such as \"C\""
                    : "a binary collation, such as utf8mb4_nopad_bin");
      }
    }
  }

  private static String citext(KeyColumn column) {
    return "has type citext, for which texts of different case are equal; write %1$s::text AS %1$s and WHERE %1$s::text IN (:ids)"
        .formatted(column.name());
  }

  /** Returns null for an expression, and for a database whose columns compare byte by byte. */
  private @Nullable TableColumn base(ResultSetMetaData result, int index) throws SQLException {
    TableColumn base = null;
    if (database.isPostgresql()) {
      PGResultSetMetaData names = result.unwrap(PGResultSetMetaData.class);
      base =
          new TableColumn(
              names.getBaseSchemaName(index),
              names.getBaseTableName(index),
              names.getBaseColumnName(index));
    } else if (database.isMariadb()) {
      base =
          new TableColumn(
              result.getCatalogName(index),
              result.getTableName(index),
              result.getColumnName(index));
    }
    return base == null || base.table().isEmpty() || base.column().isEmpty() ? null : base;
  }
}
