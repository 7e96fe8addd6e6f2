package io.loadonce.db.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections of the pool and retries until it is closed, at least once a second, while
 * the database is down. The pool's own pauses grow to five seconds, which would prolong an outage
 * by as much. Only the pool's own thread waits here. The pool does not interrupt that thread when
 * it is closed, so this has to be closed first.
 */
final class RetryingDataSource implements DataSource, AutoCloseable {

  private static final org.slf4j.Logger log = LoggerFactory.getLogger(RetryingDataSource.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Connector connector;
  private final Duration silence;

  /** When the connections were replaced last. */
  private final AtomicLong replacedNanos = new AtomicLong(System.nanoTime());

  private final CountDownLatch closed = new CountDownLatch(1);

  private volatile Runnable replaceAll = () -> {};

  /**
   * @param silence how long a connection may take to reply to a check
   */
  RetryingDataSource(Connector connector, Duration silence) {
    this.connector = connector;
    this.silence = silence;
  }

  /**
   * If one connection is silent, the others of its age most likely are too: the network has
   * forgotten them, or the database hangs. To check them one after the other would take the time
   * limit for each.
   *
   * @param replaceAll evicts all connections of the pool
   */
  void onSilence(Runnable replaceAll) {
    this.replaceAll = replaceAll;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return SilenceCheck.on(
            connector.connect(ConnectionPool.APPLICATION_NAME), silence, this::silent);
      } catch (SQLException e) {
        await(pause, e);
        pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
      }
    }
  }

  /** Connections that were opened after the last replacement are not replaced for an older one. */
  private void silent(long openedNanos) {
    long last = replacedNanos.get();
    if (openedNanos - last >= 0 && replacedNanos.compareAndSet(last, System.nanoTime())) {
      log.warn(
          "a pooled connection did not reply within {} ms; all pooled connections are replaced",
          silence.toMillis());
      replaceAll.run();
    }
  }

  private void await(Duration pause, SQLException failure) throws SQLException {
    try {
      if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        throw failure;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  /** Ends the wait for the database. */
  @Override
  public void close() {
    closed.countDown();
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
