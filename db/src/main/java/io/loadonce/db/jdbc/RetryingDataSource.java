package io.loadonce.db.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Opens connections and retries without end, at least once a second, while the database is down.
 * The pool's own pauses grow to five seconds, which would prolong an outage by as much. Only the
 * pool's own thread waits here; it is interrupted when the pool is closed.
 */
final class RetryingDataSource implements DataSource {

  private static final org.slf4j.Logger log = LoggerFactory.getLogger(RetryingDataSource.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final String url;
  private final Properties properties;

  /**
   * @param properties for the driver, the password among them
   */
  RetryingDataSource(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Driver driver = DriverManager.getDriver(url);
    Duration pause = FIRST_PAUSE;
    boolean hasFailed = false;
    while (true) {
      try {
        Connection connection = driver.connect(url, properties);
        if (hasFailed) {
          log.info("connection to {} works again", ConnectFailure.database(url));
        }
        return connection;
      } catch (SQLException e) {
        if (!hasFailed) {
          log.warn(
              "{}; next attempt in {} ms",
              ConnectFailure.describe(url, properties, e),
              pause.toMillis());
        }
        hasFailed = true;
        await(pause, e);
        pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
      }
    }
  }

  private static void await(Duration pause, SQLException failure) throws SQLException {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is set once");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
