package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A watched table as the catalog has it.
 *
 * @param schema its schema, and {@code name} its name, without quotes
 * @param types the types of its key columns
 */
record PostgresTable(ChangedTable table, String schema, String name, List<String> types) {

  /** The table, and a descendant that is no table if there is one. */
  private static final String TABLE =
      """
      WITH RECURSIVE tree (rel) AS (
        SELECT to_regclass(?)::oid
        UNION SELECT inhrelid FROM tree JOIN pg_inherits ON inhparent = rel)
      SELECT nspname, relname, relkind::text FROM tree JOIN pg_class ON pg_class.oid = rel
      JOIN pg_namespace ON pg_namespace.oid = relnamespace
      ORDER BY rel <> to_regclass(?), relkind IN ('r', 'p') LIMIT 2
      """;

  /** Under a domain, the type that it is made of. */
  private static final String TYPE =
      """
      WITH RECURSIVE of_column (type, coll) AS (
        SELECT atttypid, attcollation FROM pg_attribute
        WHERE attrelid = to_regclass(?) AND attname = ? AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT typbasetype, coll
        FROM of_column JOIN pg_type ON pg_type.oid = type WHERE typtype = 'd')
      SELECT CASE
        WHEN typtype = 'e' THEN 'enum'
        WHEN typnamespace <> 'pg_catalog'::regnamespace THEN 'a type of an extension'
        WHEN to_jsonb(pg_collation) ->> 'collisdeterministic' = 'false' THEN 'a collation'
        ELSE typname::text END
      FROM of_column JOIN pg_type ON pg_type.oid = type
      LEFT JOIN pg_collation ON pg_collation.oid = coll
      WHERE typtype <> 'd'
      """;

  private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");

  /**
   * @param lookup one that watches the table
   * @throws InvalidSettingException if there is no such table, or if it cannot have triggers
   */
  static PostgresTable of(Connection connection, ChangedTable table, LookupSettings lookup)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
      statement.setString(1, table.name());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw wrong(table, lookup, "there is no such table");
        }
        String schema = row.getString(1);
        String name = row.getString(2);
        do {
          requireTable(table, lookup, row.getString(2), row.getString(3));
        } while (row.next());
        return new PostgresTable(table, schema, name, types(connection, table, lookup));
      }
    }
  }

  /** Returns the type of a column; null if there is no such column. */
  static @Nullable String type(Connection connection, KeyOrigin column) throws SQLException {
    return type(
        connection, quoted(column.schema()) + "." + quoted(column.table()), column.column());
  }

  /**
   * Returns the types whose values have one text each: the same in the answer of a query, in a
   * notification and in a request for a key of this type.
   */
  static Set<String> typesWithOneText(KeyType key) {
    return switch (key) {
      case BIGINT, INT, SMALLINT -> INTEGERS;
      case NUMERIC -> Set.of("int2", "int4", "int8", "numeric");
      case TEXT -> Set.of("text", "varchar", "name", "uuid", "enum", "int2", "int4", "int8");
      case CHAR -> Set.of("bpchar", "text", "varchar");
      case ENUM -> Set.of("enum");
      case UUID -> Set.of("uuid");
      case DATE -> Set.of("date");
    };
  }

  /** The name under which its triggers report changes. */
  String place() {
    return schema + "." + name + table.suffix();
  }

  boolean isTableOf(KeyOrigin origin) {
    return origin.schema().equals(schema) && origin.table().equals(name);
  }

  private static void requireTable(
      ChangedTable table, LookupSettings lookup, String name, String kind) {
    switch (kind) {
      case "r", "p" -> {}
      case "f" ->
          throw wrong(
              table, lookup, name + " is a foreign table; its changes are known to its own server");
      default ->
          throw wrong(
              table,
              lookup,
              "it is not a table (a view reports no changes); name the tables that it reads, with"
                  + " their columns that hold the key");
    }
  }

  private static List<String> types(
      Connection connection, ChangedTable table, LookupSettings lookup) throws SQLException {
    List<String> types = new ArrayList<>();
    for (String column : table.plainColumns()) {
      String type = type(connection, table.name(), column);
      if (type == null) {
        throw wrong(table, lookup, "the table has no column " + column);
      }
      types.add(type);
    }
    return types;
  }

  private static @Nullable String type(Connection connection, String table, String column)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TYPE)) {
      statement.setString(1, table);
      statement.setString(2, column);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private static InvalidSettingException wrong(
      ChangedTable table, LookupSettings lookup, String problem) {
    return new InvalidSettingException(
        "changes", "%s of the lookup %s: %s".formatted(table, lookup.name(), problem));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
