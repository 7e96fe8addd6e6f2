package io.loadonce.db.jdbc;

import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowShape;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.lookup.ColumnLabels;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/**
 * What the database says of a query before its first row is loaded. The query is prepared and
 * described, and on PostgreSQL planned; it is not run.
 *
 * <p>Not guaranteed: that no row fails later. Two rows of one id show when they are read.
 *
 * @param columns the columns of the result, empty if the query could not be prepared
 * @param problems why no row can be loaded, each one line; empty if rows can be loaded
 * @param warnings what is slow or may give wrong rows, each one line
 * @param access how PostgreSQL finds the rows: the indexes that it uses, or a sequential scan;
 *     empty for other databases
 */
public record QueryCheck(
    List<Column> columns, List<String> problems, List<String> warnings, String access) {

  /**
   * @param type as the database calls it
   */
  public record Column(String name, String type) {

    @Override
    public String toString() {
      return name + " " + type;
    }
  }

  public QueryCheck {
    columns = List.copyOf(columns);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks the query of one lookup. Blocks for a connection and some round trips.
   *
   * @throws SourceException.Unavailable if the database cannot be reached
   */
  public static QueryCheck of(Database database, LookupSettings lookup)
      throws SourceException.Unavailable {
    if (lookup.query().usesArray() && !database.isPostgresql()) {
      return failed("= ANY(:ids) needs PostgreSQL; write WHERE key IN (:ids)");
    }
    try (Connection connection = database.pool().getConnection()) {
      return check(database, connection, lookup);
    } catch (SQLException e) {
      SourceException failure = SqlFailure.of(e);
      if (failure instanceof SourceException.Unavailable unavailable) {
        throw unavailable;
      }
      return failed(refusal(e, lookup));
    }
  }

  private static QueryCheck check(Database database, Connection connection, LookupSettings lookup)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(lookup.query().sql(1))) {
      new KeyParameters(lookup, database.isPostgresql()).set(statement, List.of(sample(lookup)));
      ResultSetMetaData result = statement.getMetaData();
      if (result == null) {
        return failed("the database does not describe the result of the query");
      }
      List<Column> columns = new ArrayList<>();
      for (int i = 1; i <= result.getColumnCount(); i++) {
        columns.add(new Column(result.getColumnLabel(i), result.getColumnTypeName(i)));
      }
      List<String> problems = new ArrayList<>(shapeProblems(result, lookup));
      if (problems.isEmpty()) {
        problems.addAll(typeProblems(result, lookup.key()));
      }
      if (problems.isEmpty()) {
        problems.addAll(new KeyEquality(database, connection, lookup).problems(result));
      }
      QueryPlan plan =
          database.isPostgresql() ? QueryPlan.of(connection, lookup) : QueryPlan.UNKNOWN;
      List<String> warnings = new ArrayList<>(lookup.warnings());
      warnings.addAll(plan.warnings());
      return new QueryCheck(columns, problems, warnings, plan.access());
    }
  }

  /** A key or version column that is missing, a type without a reader, two columns of one name. */
  private static List<String> shapeProblems(ResultSetMetaData result, LookupSettings lookup)
      throws SQLException {
    try {
      String problem =
          RowShape.of(result, lookup, StructForm.<Row>ofOne(row -> row), /* known= */ null)
              .problem();
      return problem == null ? List.of() : List.of(problem);
    } catch (SourceException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** A key whose texts the database compares as something else than the type of the key says. */
  private static List<String> typeProblems(ResultSetMetaData result, KeyColumns key)
      throws SQLException {
    ColumnLabels labels = ColumnLabels.of(result);
    List<String> problems = new ArrayList<>();
    for (KeyColumn column : key.columns()) {
      int index = labels.indexOf(column.name());
      if (!fits(column.type(), result.getColumnType(index), result.getColumnTypeName(index))) {
        problems.add(
            "the key column %s has type %s, which does not fit a key of type %s"
                .formatted(column.name(), result.getColumnTypeName(index), column.type()));
      }
    }
    return problems;
  }

  private static boolean fits(KeyType type, int jdbcType, String typeName) {
    boolean isText = type == KeyType.TEXT || type == KeyType.CHAR;
    return switch (jdbcType) {
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> false;
      case Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.NUMERIC,
          Types.DECIMAL,
          Types.BOOLEAN,
          Types.DATE,
          Types.TIME,
          Types.TIMESTAMP,
          Types.TIMESTAMP_WITH_TIMEZONE ->
          !isText;
      // The database would compare numbers, and find 7 in '07'.
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR -> isText || hasTextForm(type, typeName);
      default -> true;
    };
  }

  /** Whether drivers say that such a column is a text although it is not. */
  private static boolean hasTextForm(KeyType type, String typeName) {
    return type == KeyType.ENUM || typeName.equalsIgnoreCase(type.toString());
  }

  /** Returns a key that each database accepts; that of an enumerated type need not exist. */
  static Key sample(LookupSettings lookup) {
    List<String> parts =
        lookup.key().columns().stream().map(KeyColumn::type).map(QueryCheck::sample).toList();
    try {
      return lookup.key().parse(parts);
    } catch (InvalidIdException e) {
      throw new IllegalStateException("a sample is wrong", e);
    }
  }

  private static String sample(KeyType type) {
    return switch (type) {
      case BIGINT, INT, SMALLINT, NUMERIC -> "0";
      case TEXT, CHAR, ENUM -> "x";
      case UUID -> "00000000-0000-0000-0000-000000000000";
      case DATE -> "2000-01-01";
    };
  }

  private static String refusal(SQLException e, LookupSettings lookup) {
    String message =
        String.valueOf(e.getMessage()).lines().map(String::strip).findFirst().orElse("");
    String noSuchOperator = "42883";
    return "the database refuses the query: %s (SQLState %s)".formatted(message, e.getSQLState())
        + (noSuchOperator.equals(e.getSQLState())
            ? "; compare the key (%s) with the type of its column".formatted(lookup.key())
            : "");
  }

  private static QueryCheck failed(String problem) {
    return new QueryCheck(List.of(), List.of(problem), List.of(), "");
  }
}
