package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;

/**
 * Which reader a column of PostgreSQL needs, by the name of its type.
 *
 * <p>The driver receives some types as text at first and in binary from the sixth time that a
 * connection executes a statement. {@code getString} then writes them in another way. Such types
 * have a reader of their own here, or a {@link TextForm} that reads both ways of writing.
 */
final class PostgresReaders {

  private PostgresReaders() {}

  /**
   * @param typeName of PostgreSQL's catalog; a domain has the name of its base type
   */
  static ColumnReader of(String typeName, int jdbcType) {
    return switch (typeName) {
      case "int2", "int4", "smallserial", "serial" -> JdbcReaders::integer;
      case "float4" -> JdbcReaders::real;
      case "float8" -> JdbcReaders::number;
      case "bool" -> JdbcReaders::bool;
      case "text", "varchar", "bpchar", "int8", "bigserial", "uuid" -> PostgresReaders::text;
      case "bytea" -> JdbcReaders::bytes;
      case "date" -> PostgresReaders::date;
      case "time" -> PostgresReaders::time;
      case "timetz" -> PostgresReaders::offsetTime;
      case "timestamp" -> PostgresReaders::timestamp;
      case "timestamptz" -> PostgresReaders::instant;
      default -> otherwise(typeName, jdbcType);
    };
  }

  private static ColumnReader otherwise(String typeName, int jdbcType) {
    TextForm form = PostgresTexts.of(typeName);
    if (form != null) {
      return read(form);
    }
    // An enum is a VARCHAR for the driver.
    return jdbcType == Types.VARCHAR ? PostgresReaders::text : new CatalogReader(typeName);
  }

  private static ColumnReader read(TextForm form) {
    return (row, column) -> {
      String text = row.getString(column);
      return text == null ? JsonValues.NULL : form.read(text);
    };
  }

  private static Value text(ResultSet row, int column) throws SQLException {
    return JsonValues.text(row.getString(column));
  }

  private static Value date(ResultSet row, int column) throws SQLException {
    LocalDate date = row.getObject(column, LocalDate.class);
    return date == null ? JsonValues.NULL : JsonValues.text(PostgresTimes.date(date));
  }

  private static Value time(ResultSet row, int column) throws SQLException {
    LocalTime time = row.getObject(column, LocalTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(PostgresTimes.time(time));
  }

  private static Value timestamp(ResultSet row, int column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(PostgresTimes.timestamp(time));
  }

  private static Value instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(PostgresTimes.instant(time));
  }

  private static Value offsetTime(ResultSet row, int column) throws SQLException {
    byte[] sent = row.getBytes(column);
    return sent == null ? JsonValues.NULL : JsonValues.text(PostgresTimes.offsetTime(sent));
  }
}
