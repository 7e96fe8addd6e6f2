package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** Which reader a column of MariaDB needs where the JDBC type says too little. */
final class MariaDbReaders {

  private static final int DIGITS_OF_NANOS = 9;

  private MariaDbReaders() {}

  /**
   * Returns null if the JDBC type says enough.
   *
   * @param typeName as the driver writes it, such as {@code DATETIME}
   * @param precision of a BIT column the number of its bits
   */
  static @Nullable ColumnReader of(String typeName, int precision) {
    return switch (typeName) {
      case "YEAR" -> JdbcReaders::integer;
      case "BOOLEAN" -> MariaDbReaders::bool;
      case "BIT" -> (row, column) -> bits(row.getBytes(column), precision);
      case "DATE" -> JdbcReaders::text;
      case "TIME" -> MariaDbReaders::time;
      case "DATETIME" -> MariaDbReaders::timestamp;
      case "TIMESTAMP" -> MariaDbReaders::instant;
      case "JSON" -> JdbcReaders::json;
      case "uuid" -> JdbcReaders::text;
      default -> null;
    };
  }

  /** BOOLEAN is another name of TINYINT(1), which holds -128 to 127. */
  private static Value bool(ResultSet row, int column)
      throws SQLException, UnreadableValueException {
    String value = row.getString(column);
    if (value == null) {
      return JsonValues.NULL;
    }
    return switch (value) {
      case "0" -> JsonValues.bool(false);
      case "1" -> JsonValues.bool(true);
      default ->
          throw new UnreadableValueException(
              "it is neither 0 nor 1; write CAST(column AS INT) AS column in the query");
    };
  }

  private static Value bits(byte @Nullable [] bytes, int count) {
    if (bytes == null) {
      return JsonValues.NULL;
    }
    String digits = new BigInteger(1, bytes).toString(2);
    return JsonValues.text("0".repeat(Math.max(0, count - digits.length())) + digits);
  }

  /** From -838:59:59 to 838:59:59. */
  private static Value time(ResultSet row, int column) throws SQLException {
    Duration time = row.getObject(column, Duration.class);
    if (time == null) {
      return JsonValues.NULL;
    }
    Duration size = time.abs();
    String text =
        "%s%02d:%02d:%02d"
            .formatted(
                time.isNegative() ? "-" : "",
                size.toHours(),
                size.toMinutesPart(),
                size.toSecondsPart());
    return JsonValues.text(text + fraction(size.toNanosPart()));
  }

  private static String fraction(int nanos) {
    String digits = "0".repeat(DIGITS_OF_NANOS) + nanos;
    String fraction = digits.substring(digits.length() - DIGITS_OF_NANOS).replaceAll("0+$", "");
    return fraction.isEmpty() ? "" : "." + fraction;
  }

  private static Value timestamp(ResultSet row, int column) throws SQLException {
    return timestamp(row, column, /* suffix= */ "");
  }

  /** The pool opens sessions in UTC. */
  private static Value instant(ResultSet row, int column) throws SQLException {
    return timestamp(row, column, /* suffix= */ "Z");
  }

  private static Value timestamp(ResultSet row, int column, String suffix) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    if (time != null) {
      return JsonValues.text(Times.timestamp(time) + suffix);
    }
    // For the driver, 0000-00-00 00:00:00 is null.
    String zero = row.getString(column);
    return zero == null ? JsonValues.NULL : JsonValues.text("0000-00-00T00:00:00" + suffix);
  }
}
