package io.loadonce.db.form;

import com.google.protobuf.Value;
import io.loadonce.db.source.SourceException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which reader a column needs, by its JDBC type and the database's own name of it. */
final class ColumnReaders {

  private ColumnReaders() {}

  /** Returns the reader, or null if the type has no mapping. Null in a column is null in JSON. */
  static @Nullable ColumnReader of(int jdbcType, String typeName, int precision) {
    ColumnReader named = byName(typeName.toLowerCase(Locale.ROOT), precision);
    return named == null ? byType(jdbcType) : named;
  }

  /**
   * Where the JDBC type says too little: what PostgreSQL and H2 report as OTHER, BIT or TIMESTAMP.
   */
  private static @Nullable ColumnReader byName(String typeName, int precision) {
    return switch (typeName) {
      case "json", "jsonb" -> (row, column) -> JsonValues.json(row.getString(column));
      case "bit" -> precision == 1 ? ColumnReaders::bool : ColumnReaders::text;
      case "uuid", "citext", "inet", "cidr", "macaddr", "macaddr8", "varbit", "money" ->
          ColumnReaders::text;
      case "timestamptz" -> ColumnReaders::instant;
      case "timetz" -> ColumnReaders::offsetTime;
      default -> null;
    };
  }

  private static @Nullable ColumnReader byType(int jdbcType) {
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> ColumnReaders::integer;
      case Types.REAL -> ColumnReaders::real;
      case Types.FLOAT, Types.DOUBLE -> ColumnReaders::number;
      case Types.BOOLEAN, Types.BIT -> ColumnReaders::bool;
      case Types.BIGINT, Types.NUMERIC, Types.DECIMAL -> ColumnReaders::text;
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB -> ColumnReaders::text;
      case Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR, Types.NCLOB -> ColumnReaders::text;
      case Types.DATE -> ColumnReaders::date;
      case Types.TIME -> ColumnReaders::time;
      case Types.TIME_WITH_TIMEZONE -> ColumnReaders::offsetTime;
      case Types.TIMESTAMP -> ColumnReaders::timestamp;
      case Types.TIMESTAMP_WITH_TIMEZONE -> ColumnReaders::instant;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
          (row, column) -> JsonValues.base64(row.getBytes(column));
      case Types.ARRAY -> ColumnReaders::array;
      case Types.NULL -> (row, column) -> JsonValues.NULL;
      default -> null;
    };
  }

  private static Value text(ResultSet row, int column) throws SQLException {
    return JsonValues.text(row.getString(column));
  }

  private static Value integer(ResultSet row, int column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number((double) value);
  }

  private static Value real(ResultSet row, int column) throws SQLException {
    float value = row.getFloat(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number(value);
  }

  private static Value number(ResultSet row, int column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number(value);
  }

  private static Value bool(ResultSet row, int column) throws SQLException {
    boolean value = row.getBoolean(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.bool(value);
  }

  private static Value date(ResultSet row, int column) throws SQLException {
    LocalDate date = row.getObject(column, LocalDate.class);
    return date == null
        ? JsonValues.NULL
        : finite(date.equals(LocalDate.MAX), date.equals(LocalDate.MIN), date.toString());
  }

  private static Value time(ResultSet row, int column) throws SQLException {
    LocalTime time = row.getObject(column, LocalTime.class);
    return JsonValues.text(time == null ? null : DateTimeFormatter.ISO_LOCAL_TIME.format(time));
  }

  private static Value offsetTime(ResultSet row, int column) throws SQLException {
    OffsetTime time = row.getObject(column, OffsetTime.class);
    return JsonValues.text(time == null ? null : DateTimeFormatter.ISO_OFFSET_TIME.format(time));
  }

  /** Without an offset, since there is none. */
  private static Value timestamp(ResultSet row, int column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null
        ? JsonValues.NULL
        : finite(
            time.equals(LocalDateTime.MAX),
            time.equals(LocalDateTime.MIN),
            DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time));
  }

  /** In UTC, whatever the session's zone. */
  private static Value instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    if (time == null) {
      return JsonValues.NULL;
    }
    boolean future = time.equals(OffsetDateTime.MAX);
    boolean past = time.equals(OffsetDateTime.MIN);
    return future || past
        ? finite(future, past, "")
        : JsonValues.text(
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                time.withOffsetSameInstant(ZoneOffset.UTC)));
  }

  /** PostgreSQL's dates can be infinite; its driver says so with Java's farthest ones. */
  private static Value finite(boolean isFuture, boolean isPast, String text) {
    if (isFuture) {
      return JsonValues.text("infinity");
    }
    return JsonValues.text(isPast ? "-infinity" : text);
  }

  private static Value array(ResultSet row, int column) throws SQLException, SourceException {
    Array array = row.getArray(column);
    return JsonValues.element(array == null ? null : array.getArray());
  }
}
