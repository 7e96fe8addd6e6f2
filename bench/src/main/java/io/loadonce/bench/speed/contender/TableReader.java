package io.loadonce.bench.speed.contender;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.loadonce.v1.Resource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/** Reads the table with a connection pool and without a service. Blocks. */
public final class TableReader implements AutoCloseable {

  /** The default number of Loadonce. */
  public static final int CONNECTIONS = 8;

  private final HikariDataSource pool;

  public TableReader(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(PostgresTable.USER);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setReadOnly(true);
    this.pool = new HikariDataSource(config);
  }

  /**
   * Reads one row.
   *
   * @throws SQLException if the database fails, or has no such row
   */
  public Resource read(long id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement query = connection.prepareStatement(PostgresTable.SINGLE_QUERY)) {
      query.setLong(1, id);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("no row for " + id);
        }
        return Resource.newBuilder().setId(Long.toString(id)).setData(columns(row)).build();
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private static Struct columns(ResultSet row) throws SQLException {
    ResultSetMetaData shape = row.getMetaData();
    Struct.Builder columns = Struct.newBuilder();
    for (int i = 1; i <= shape.getColumnCount(); i++) {
      columns.putFields(
          shape.getColumnLabel(i),
          row.getObject(i) instanceof Integer number
              ? Values.of(number)
              : Values.of(row.getString(i)));
    }
    return columns.build();
  }
}
