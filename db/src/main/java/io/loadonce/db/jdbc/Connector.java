package io.loadonce.db.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to one database, and says in the log why it cannot and when it can again. A
 * login that the database has refused is repeated with growing pauses, because many wrong logins
 * may lock the account; a new password is tried at once. Safe for use by many threads.
 */
final class Connector {

  private static final Logger log = LoggerFactory.getLogger(Connector.class);

  static final Duration FIRST_LOGIN_PAUSE = Duration.ofSeconds(5);
  static final Duration LONGEST_LOGIN_PAUSE = Duration.ofMinutes(1);

  /** Between two lines with the same words. */
  static final Duration BETWEEN_EQUAL_LINES = Duration.ofMinutes(10);

  /** Between two lines with other words. */
  static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  /**
   * The last attempt, if it failed.
   *
   * @param password with which it was made
   * @param loginPause how long the same login is not repeated; zero if another fault was met
   * @param nanos when it was made
   * @param line the last line in the log
   * @param lineNanos when it was logged
   */
  private record Failure(
      SQLException reason,
      String password,
      Duration loginPause,
      long nanos,
      String line,
      long lineNanos) {

    /** Without the password. */
    @Override
    public String toString() {
      return line;
    }

    boolean forbids(String other, long nowNanos) {
      return nowNanos - nanos < loginPause.toNanos() && password.equals(other);
    }
  }

  private final DatabaseSettings settings;
  private final String url;
  private final LongSupplier nanoClock;

  private volatile @Nullable Failure failure;
  private volatile boolean isPoolerLogged;

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  Connector(DatabaseSettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.url = JdbcUrl.readOnly(settings.url());
    this.nanoClock = nanoClock;
  }

  /**
   * Opens a connection, which the caller closes. Blocks for the connect time-out at most.
   *
   * @param applicationName the name under which PostgreSQL lists the connection
   */
  Connection connect(String applicationName) throws SQLException {
    String password = settings.password().text();
    Failure last = failure;
    if (last != null && last.forbids(password, nanoClock.getAsLong())) {
      throw last.reason();
    }
    Properties properties = ConnectionPool.properties(settings, password, applicationName);
    try {
      Connection connection = open(properties);
      succeeded();
      return connection;
    } catch (SQLException e) {
      failed(e, properties, password);
      throw e;
    }
  }

  /** Returns why the last attempt failed; null if it succeeded, or before the first. */
  @Nullable SQLException failure() {
    Failure last = failure;
    return last == null ? null : last.reason();
  }

  private Connection open(Properties properties) throws SQLException {
    Connection connection;
    try {
      connection = DriverManager.getDriver(url).connect(url, properties);
    } catch (RuntimeException | LinkageError e) {
      throw new SQLException("the JDBC driver failed: " + e, "08001", e);
    }
    if (JdbcUrl.isPostgresql(url)) {
      avoidNamedStatements(connection);
    }
    return connection;
  }

  /**
   * A pooler that shares sessions among its clients runs a statement in a session where another
   * client may have prepared another statement of the same name, and so it may return the rows of
   * that one. Such a pooler shows by its own process id: it is not that of the session.
   */
  private void avoidNamedStatements(Connection connection) throws SQLException {
    PGConnection own = connection.unwrap(PGConnection.class);
    int threshold = own.getPrepareThreshold();
    own.setPrepareThreshold(0);
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
      if (result.next() && result.getInt(1) != own.getBackendPID()) {
        logPooler();
      } else {
        own.setPrepareThreshold(threshold);
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void logPooler() {
    if (!isPoolerLogged) {
      isPoolerLogged = true;
      log.info(
          "{} is reached through a pooler: statements are sent without names, whatever"
              + " prepareThreshold in db-url says",
          ConnectFailure.database(url));
    }
  }

  private void succeeded() {
    if (failure != null) {
      failure = null;
      log.info("connection to {} works again", ConnectFailure.database(url));
    }
  }

  /** Two threads that fail at the same moment may both log it. */
  private void failed(SQLException e, Properties properties, String password) {
    long nowNanos = nanoClock.getAsLong();
    Failure last = failure;
    Duration pause = loginPause(e, password, last);
    String line = ConnectFailure.describe(url, properties, e);
    if (last != null && !isDue(line, last, nowNanos)) {
      failure = new Failure(e, password, pause, nowNanos, last.line(), last.lineNanos());
      return;
    }
    failure = new Failure(e, password, pause, nowNanos, line, nowNanos);
    log.warn(
        "{}; {}",
        line,
        pause.isZero()
            ? "the next attempt follows within 1 s"
            : "the next login follows in %d s, or when the password has changed"
                .formatted(pause.toSeconds()));
  }

  private static boolean isDue(String line, Failure last, long nowNanos) {
    Duration pause = line.equals(last.line()) ? BETWEEN_EQUAL_LINES : BETWEEN_LINES;
    return nowNanos - last.lineNanos() >= pause.toNanos();
  }

  private static Duration loginPause(SQLException e, String password, @Nullable Failure last) {
    if (!ConnectFailure.isRefusedLogin(e)) {
      return Duration.ZERO;
    }
    if (last == null || last.loginPause().isZero() || !last.password().equals(password)) {
      return FIRST_LOGIN_PAUSE;
    }
    Duration twice = last.loginPause().multipliedBy(2);
    return twice.compareTo(LONGEST_LOGIN_PAUSE) < 0 ? twice : LONGEST_LOGIN_PAUSE;
  }
}
