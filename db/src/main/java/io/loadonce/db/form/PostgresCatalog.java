package io.loadonce.db.form;

import io.loadonce.db.form.PostgresRecord.Attribute;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the form of a type that PostgreSQL does not have by itself: a domain, a composite type, a
 * range, or an array of such. Not safe for use by many threads.
 */
final class PostgresCatalog {

  private static final String TYPE =
      """
      SELECT t.typname, t.typtype, t.typbasetype, t.typrelid, r.rngsubtype, e.oid AS element,
        e.typdelim, n.nspname = 'pg_catalog' OR t.typname = 'hstore' AS is_known
      FROM pg_type t
      JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
      LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid)
      WHERE t.oid = ?\
      """;

  /** The driver writes the name with its schema if the schema is not on the search path. */
  private static final String OID =
      """
      SELECT t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typname = ? AND pg_type_is_visible(t.oid)
        OR '"' || n.nspname || '"."' || t.typname || '"' = ?\
      """;

  private static final String ATTRIBUTES =
      """
      SELECT attname, atttypid FROM pg_attribute
      WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum\
      """;

  private final Connection connection;
  private final int timeoutSeconds;

  /**
   * @param timeoutSeconds how long each of a few small queries may take
   */
  PostgresCatalog(Connection connection, int timeoutSeconds) {
    this.connection = connection;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Blocks for a few queries. A type that is not found is its text. */
  TextForm form(String typeName) throws SQLException {
    long oid;
    try (PreparedStatement statement = prepare(OID)) {
      statement.setString(1, typeName);
      statement.setString(2, typeName);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return JsonValues::text;
        }
        oid = row.getLong(1);
      }
    }
    return form(oid);
  }

  private TextForm form(long oid) throws SQLException {
    try (PreparedStatement statement = prepare(TYPE)) {
      statement.setLong(1, oid);
      try (ResultSet type = statement.executeQuery()) {
        return type.next() ? form(type) : JsonValues::text;
      }
    }
  }

  private TextForm form(ResultSet type) throws SQLException {
    TextForm known =
        type.getBoolean("is_known") ? PostgresTexts.of(type.getString("typname")) : null;
    if (known != null) {
      return known;
    }
    return switch (type.getString("typtype")) {
      case "d" -> form(type.getLong("typbasetype"));
      case "c" -> PostgresRecord.of(attributes(type.getLong("typrelid")));
      case "r", "m" -> PostgresRange.of(form(type.getLong("rngsubtype")));
      default -> {
        long element = type.getLong("element");
        yield element == 0
            ? JsonValues::text
            : PostgresArray.of(type.getString("typdelim").charAt(0), form(element));
      }
    };
  }

  private List<Attribute> attributes(long relation) throws SQLException {
    List<Attribute> attributes = new ArrayList<>();
    try (PreparedStatement statement = prepare(ATTRIBUTES)) {
      statement.setLong(1, relation);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          attributes.add(new Attribute(row.getString(1), form(row.getLong(2))));
        }
      }
    }
    return List.copyOf(attributes);
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(timeoutSeconds);
    return statement;
  }
}
