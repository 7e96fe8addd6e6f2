package io.loadonce.db.form;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import org.jspecify.annotations.Nullable;

/** Which reader a column needs by its JDBC type alone. */
final class JdbcReaders {

  private JdbcReaders() {}

  /** Returns null if the type has no JSON form. */
  static @Nullable ColumnReader of(int jdbcType) {
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> JdbcReaders::integer;
      case Types.REAL -> JdbcReaders::real;
      case Types.FLOAT, Types.DOUBLE -> JdbcReaders::number;
      case Types.BOOLEAN, Types.BIT -> JdbcReaders::bool;
      case Types.BIGINT, Types.NUMERIC, Types.DECIMAL -> JdbcReaders::decimal;
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB -> JdbcReaders::text;
      case Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR, Types.NCLOB -> JdbcReaders::text;
      case Types.DATE -> JdbcReaders::date;
      case Types.TIME -> JdbcReaders::time;
      case Types.TIME_WITH_TIMEZONE -> JdbcReaders::offsetTime;
      case Types.TIMESTAMP -> JdbcReaders::timestamp;
      case Types.TIMESTAMP_WITH_TIMEZONE -> JdbcReaders::instant;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> JdbcReaders::bytes;
      case Types.ARRAY -> JdbcReaders::array;
      case Types.NULL -> (row, column) -> JsonValues.NULL;
      default -> null;
    };
  }

  static Value text(ResultSet row, int column) throws SQLException {
    return JsonValues.unicode(row.getString(column));
  }

  /** Of 32 bits at most; as a long, because some databases have unsigned ones. */
  static Value integer(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number((double) value);
  }

  static Value decimal(ResultSet row, int column) throws SQLException, UnreadableValueException {
    String number = row.getString(column);
    return number == null ? JsonValues.NULL : JsonValues.decimal(number);
  }

  static Value real(ResultSet row, int column) throws SQLException {
    float value = row.getFloat(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number(value);
  }

  static Value number(ResultSet row, int column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.number(value);
  }

  static Value bool(ResultSet row, int column) throws SQLException {
    boolean value = row.getBoolean(column);
    return row.wasNull() ? JsonValues.NULL : JsonValues.bool(value);
  }

  static Value bytes(ResultSet row, int column) throws SQLException {
    return JsonValues.base64(row.getBytes(column));
  }

  static Value date(ResultSet row, int column) throws SQLException {
    LocalDate date = row.getObject(column, LocalDate.class);
    return date == null ? JsonValues.NULL : JsonValues.text(date.toString());
  }

  static Value time(ResultSet row, int column) throws SQLException {
    LocalTime time = row.getObject(column, LocalTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(Times.time(time));
  }

  static Value offsetTime(ResultSet row, int column) throws SQLException {
    OffsetTime time = row.getObject(column, OffsetTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(Times.offsetTime(time));
  }

  static Value timestamp(ResultSet row, int column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(Times.timestamp(time));
  }

  static Value instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? JsonValues.NULL : JsonValues.text(Times.instant(time));
  }

  static Value json(ResultSet row, int column) throws SQLException, UnreadableValueException {
    String document = row.getString(column);
    return document == null ? JsonValues.NULL : JsonDocument.read(document);
  }

  /** JDBC has an array as a result with two columns: the index and the element. */
  static Value array(ResultSet row, int column) throws SQLException, UnreadableValueException {
    Array array = row.getArray(column);
    if (array == null) {
      return JsonValues.NULL;
    }
    ListValue.Builder list = ListValue.newBuilder();
    try (ResultSet elements = array.getResultSet()) {
      ColumnReader reader = reader(elements, 2);
      while (elements.next()) {
        list.addValues(reader.read(elements, 2));
      }
    }
    return JsonValues.list(list);
  }

  /** A row in a column is a result of its own. */
  static Value struct(ResultSet row, int column) throws SQLException, UnreadableValueException {
    if (!(row.getObject(column) instanceof ResultSet fields)) {
      return JsonValues.NULL;
    }
    Struct.Builder struct = Struct.newBuilder();
    try (fields) {
      fields.next();
      for (int i = 1; i <= fields.getMetaData().getColumnCount(); i++) {
        struct.putFields(fields.getMetaData().getColumnLabel(i), reader(fields, i).read(fields, i));
      }
    }
    return JsonValues.struct(struct);
  }

  private static ColumnReader reader(ResultSet result, int column)
      throws SQLException, UnreadableValueException {
    ColumnReader reader = ColumnReaders.of(result.getMetaData(), column);
    if (reader == null) {
      throw new UnreadableValueException(
          "elements of type " + result.getMetaData().getColumnTypeName(column) + " have none");
    }
    return reader;
  }
}
