package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Period;
import org.jspecify.annotations.Nullable;

/** Which reader a column of H2 needs where the JDBC type says too little. */
final class H2Readers {

  private H2Readers() {}

  /**
   * Returns null if the JDBC type says enough.
   *
   * @param typeName as H2 writes it, such as {@code ENUM('a', 'b')} or {@code INTERVAL YEAR TO
   *     MONTH}
   */
  static @Nullable ColumnReader of(String typeName) {
    if (typeName.endsWith(" ARRAY") || typeName.endsWith("]")) {
      return JdbcReaders::array;
    }
    return switch (typeName.split("[( ]", 2)[0]) {
      case "UUID", "ENUM", "GEOMETRY" -> JdbcReaders::text;
      case "JSON" -> JdbcReaders::json;
      case "JAVA_OBJECT" -> JdbcReaders::bytes;
      case "ROW" -> JdbcReaders::struct;
      case "INTERVAL" ->
          typeName.contains("YEAR") || typeName.contains("MONTH")
              ? H2Readers::months
              : H2Readers::duration;
      default -> null;
    };
  }

  private static Value months(ResultSet row, int column) throws SQLException {
    Period period = row.getObject(column, Period.class);
    return JsonValues.text(period == null ? null : period.toString());
  }

  private static Value duration(ResultSet row, int column) throws SQLException {
    Duration duration = row.getObject(column, Duration.class);
    return JsonValues.text(duration == null ? null : Times.interval(duration));
  }
}
