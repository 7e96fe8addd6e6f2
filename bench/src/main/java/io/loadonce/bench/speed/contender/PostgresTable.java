package io.loadonce.bench.speed.contender;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A PostgreSQL of our own with a table of generated rows, which counts its queries itself. It ends
 * when this is closed, or with this JVM.
 */
public final class PostgresTable implements AutoCloseable {

  public static final String USER = "postgres";

  /** The query of Loadonce. */
  public static final String QUERY =
      "SELECT id, name, country, population, price, updated_at FROM item WHERE id IN (:ids)";

  /** The query for one row. */
  public static final String SINGLE_QUERY = QUERY.replace("IN (:ids)", "= ?");

  /**
   * A query that takes a second and then returns, by the clock of this machine, when it had the
   * row: seconds since 1970.
   */
  public static final String SLOW_QUERY =
      "SELECT id, (SELECT extract(epoch FROM clock_timestamp())::float8 FROM pg_sleep(1))"
          + " AS answered_at FROM item WHERE id IN (:ids)";

  private static final String CREATE =
      """
      CREATE EXTENSION pg_stat_statements;
      CREATE TABLE item (
        id bigint PRIMARY KEY, name text NOT NULL, country text NOT NULL,
        population integer NOT NULL, price numeric(10, 2) NOT NULL,
        updated_at timestamptz NOT NULL);
      INSERT INTO item
        SELECT i, 'item number ' || i, chr(65 + (i % 26)::int) || chr(65 + (i / 26 % 26)::int),
          (i * 7919 % 10000000)::int, i % 100000 / 100.0,
          timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second'
        FROM generate_series(1::bigint, {rows}) i;
      """;

  private static final String COUNT =
      "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
          + " WHERE query LIKE 'SELECT id, % FROM item WHERE id %'";

  private static final String COUNT_ROWS = COUNT.replace("sum(calls)", "sum(rows)");

  private static final String RUNNING =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
          + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

  private final EmbeddedPostgres server;
  private final Connection admin;
  private final int rows;
  private final ProcessHandle postmaster;

  private PostgresTable(EmbeddedPostgres server, int rows) throws SQLException {
    this.server = server;
    this.rows = rows;
    this.admin = DriverManager.getConnection(url(), USER, "");
    try (Statement statement = admin.createStatement()) {
      statement.execute(CREATE.replace("{rows}", Integer.toString(rows)));
      statement.execute("VACUUM ANALYZE item");
    }
    this.postmaster =
        ProcessHandle.of(number("SELECT pg_backend_pid()"))
            .flatMap(ProcessHandle::parent)
            .orElseThrow(() -> new IllegalStateException("the database has no process"));
  }

  /**
   * Starts it and fills it, which takes some seconds.
   *
   * @param rows the table has the ids from 1 to this
   */
  public static PostgresTable start(int rows) throws IOException, SQLException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("shared_preload_libraries", "pg_stat_statements")
            .start();
    try {
      return new PostgresTable(server, rows);
    } catch (SQLException e) {
      server.close();
      throw e;
    }
  }

  public String url() {
    return server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
  }

  public int rows() {
    return rows;
  }

  public ProcessHandle handle() {
    return postmaster;
  }

  /** How many queries for rows the database itself has counted since its start. */
  public long queries() throws SQLException {
    return number(COUNT);
  }

  /** How many rows these queries have returned. */
  public long rowsRead() throws SQLException {
    return number(COUNT_ROWS);
  }

  /** How many statements of other connections run at this moment. */
  public long runningStatements() throws SQLException {
    return number(RUNNING);
  }

  @Override
  public void close() throws IOException, SQLException {
    admin.close();
    server.close();
  }

  private synchronized long number(String sql) throws SQLException {
    try (Statement statement = admin.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
