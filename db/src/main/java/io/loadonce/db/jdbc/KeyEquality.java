package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.ColumnLabels;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds key columns for which the database takes different texts for equal, or tells apart what the
 * type of the key takes for equal. The cache compares keys byte by byte, so such a column would
 * give one id two outcomes.
 */
record KeyEquality(Database database, Connection connection, LookupSettings lookup) {

  private static final String IS_ENUM =
      """
      SELECT 1 FROM pg_type
      WHERE oid IN (to_regtype(?), to_regtype(quote_ident(?))) AND typtype = 'e'
      """;

  private static final String OF_MARIADB =
      """
      SELECT collation_name FROM information_schema.columns
      WHERE table_schema = ? AND table_name = ? AND column_name = ?
      """;

  private static final String BINARY = "_bin";

  /** How the names of collations end that do not ignore blanks at the end: also that of MySQL. */
  private static final Pattern BINARY_WITH_BLANKS = Pattern.compile(".*(?:_nopad|_0900)_bin");

  private static final Set<String> POSTGRESQL_TEXTS = Set.of("text", "varchar", "name");

  /** Returns a line for each column of the key that does not fit. */
  List<String> problems(ResultSetMetaData result) throws SQLException {
    List<String> problems = new ArrayList<>();
    ColumnLabels labels = ColumnLabels.of(result);
    for (KeyColumn column : lookup.key().columns()) {
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
    boolean isChar = result.getColumnType(index) == Types.CHAR && !type.equals("\"char\"");
    if (type.contains("ignorecase")) {
      return "has type %s, for which texts of different case are equal; use VARCHAR"
          .formatted(type);
    }
    if (isChar && column.type() == KeyType.TEXT) {
      return "has type %s, which is padded with blanks; use the key type char".formatted(type);
    }
    if (database.isMariadb()) {
      return ofMariadb(result, index, column.type());
    }
    if (!isChar && column.type() == KeyType.CHAR) {
      return "has type %s, which is not padded with blanks; use the key type text".formatted(type);
    }
    return database.isPostgresql() ? ofPostgresql(result, index, column) : null;
  }

  private @Nullable String ofPostgresql(ResultSetMetaData result, int index, KeyColumn column)
      throws SQLException {
    String type = result.getColumnTypeName(index);
    if (type.replace("\"", "").endsWith("citext")) {
      return ("has type citext, for which texts of different case are equal; write %1$s::text AS"
              + " %1$s and WHERE %1$s::text IN (:ids)")
          .formatted(column.name());
    }
    return switch (column.type()) {
      case TEXT ->
          POSTGRESQL_TEXTS.contains(type)
              ? collation(result.getColumnLabel(index))
              : isEnum(type)
                  ? null
                  : "has type %s, which does not fit a key of type text".formatted(type);
      case CHAR -> collation(result.getColumnLabel(index));
      case ENUM ->
          isEnum(type)
              ? null
              : "has type %s, which is no enumerated type; use another key type".formatted(type);
      case BIGINT, INT, SMALLINT, NUMERIC, UUID, DATE -> null;
    };
  }

  /**
   * Finds the collation by which the key is compared, also that of an expression. The join has one
   * row whatever the query returns, so PostgreSQL does not run the query.
   */
  private @Nullable String collation(String label) throws SQLException {
    String found =
        """
        SELECT found.name FROM (
          SELECT pg_collation_for(query.%s) COLLATE "C" AS name
          FROM (SELECT 1) AS one LEFT JOIN (
        %s
          ) AS query ON false) AS found
        WHERE EXISTS (
          SELECT FROM pg_collation JOIN pg_namespace ON pg_namespace.oid = collnamespace
          WHERE to_jsonb(pg_collation) ->> 'collisdeterministic' = 'false'
          AND found.name IN (quote_ident(collname), format('%%I.%%I', nspname, collname)))
        """
            .formatted('"' + label.replace("\"", "\"\"") + '"', lookup.query().sql(1));
    try (PreparedStatement statement = connection.prepareStatement(found)) {
      new KeyParameters(lookup, /* isPostgresql= */ true)
          .set(statement, List.of(QueryCheck.sample(lookup)));
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? collationProblem(row.getString(1), "a deterministic collation, such as \"C\"")
            : null;
      }
    }
  }

  private boolean isEnum(String type) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IS_ENUM)) {
      statement.setString(1, type);
      statement.setString(2, type);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** A column of a table; the collation of an expression is not known. */
  private @Nullable String ofMariadb(ResultSetMetaData result, int index, KeyType type)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OF_MARIADB)) {
      statement.setString(1, result.getCatalogName(index));
      statement.setString(2, result.getTableName(index));
      statement.setString(3, result.getColumnName(index));
      try (ResultSet row = statement.executeQuery()) {
        String collation = row.next() ? row.getString(1) : null;
        return collation == null ? null : ofMariadb(collation, type);
      }
    }
  }

  private static @Nullable String ofMariadb(String collation, KeyType type) {
    if (!collation.endsWith(BINARY)) {
      return collationProblem(collation, "a binary collation, such as utf8mb4_nopad_bin");
    }
    return type == KeyType.TEXT && !BINARY_WITH_BLANKS.matcher(collation).matches()
        ? ("has the collation %s, which ignores blanks at the end; use the key type char, or a"
                + " column with utf8mb4_nopad_bin")
            .formatted(collation)
        : null;
  }

  private static String collationProblem(String collation, String remedy) {
    return "has the collation %s, for which different texts may be equal; use a column with %s"
        .formatted(collation, remedy);
  }
}
