package io.loadonce.db;

import io.loadonce.db.jdbc.EmbeddedCities;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.postgresql.PGConnection;

/** PostgreSQL counts by writing each statement that it executes into its log. */
public final class CountedPostgres extends CountedDatabase {

  private static final String CREATE =
      """
      CREATE TABLE city (
        id BIGINT PRIMARY KEY,
        name TEXT NOT NULL,
        country TEXT NOT NULL,
        admin_code TEXT,
        feature_code TEXT,
        population INTEGER NOT NULL,
        longitude DOUBLE PRECISION NOT NULL,
        latitude DOUBLE PRECISION NOT NULL
      );
      CREATE FUNCTION fail_after(seconds DOUBLE PRECISION) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_sleep(seconds);
        RAISE EXCEPTION 'planted failure';
      END $$;
      """;

  private final EmbeddedPostgres server;
  private final PostgresLog log;

  private CountedPostgres(EmbeddedPostgres server) throws SQLException, IOException {
    super(server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""), "postgres");
    this.server = server;
    this.log = new PostgresLog(logFile());
    execute(CREATE);
    try (InputStream cities =
        EmbeddedCities.class.getResourceAsStream("/io/loadonce/db/cities.csv")) {
      admin()
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY city FROM STDIN (FORMAT csv, HEADER)", cities);
    }
    execute("ANALYZE");
    reset();
  }

  static CountedPostgres start() throws IOException, SQLException {
    return new CountedPostgres(
        EmbeddedPostgres.builder()
            .setServerConfig("log_statement", "all")
            .setServerConfig("log_line_prefix", "")
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_directory", "log")
            .setServerConfig("log_filename", "statements.log")
            .setServerConfig("log_rotation_age", "0")
            .setServerConfig("log_rotation_size", "0")
            .start());
  }

  /** The sub-select does not depend on a row, so it is run once, before any row is read. */
  @Override
  public String slowQuery(Duration delay) {
    return CITY + " AND (SELECT TRUE FROM pg_sleep(" + delay.toMillis() / 1e3 + "))";
  }

  @Override
  public String failingQuery(Duration delay) {
    return CITY + " AND (SELECT fail_after(" + delay.toMillis() / 1e3 + "))";
  }

  @Override
  public long queries() {
    readLog();
    return log.counts().queries();
  }

  @Override
  public Map<String, Long> loadsPerId() {
    readLog();
    return log.counts().loadsPerId();
  }

  @Override
  public void reset() {
    readLog();
    log.counts().reset();
  }

  /** The name of the table is put together, so that this statement does not look like a reader. */
  @Override
  public long runningStatements() {
    return number(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active'"
            + " AND query LIKE '%FROM ci' || 'ty%' AND pid <> pg_backend_pid()");
  }

  @Override
  public void cutConnections() {
    number(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  /** Stops the process at once and for good. */
  @Override
  public void close() throws IOException, SQLException {
    super.close();
    server.close();
  }

  /** The log is written in order: what was executed before the mark stands before it. */
  private void readLog() {
    String mark = log.nextMark();
    execute("SELECT '" + mark + "'");
    log.readUpTo(mark);
  }

  private Path logFile() throws SQLException {
    try (Statement statement = admin().createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT current_setting('data_directory') || '/' || pg_current_logfile()")) {
      result.next();
      return Path.of(result.getString(1));
    }
  }
}
