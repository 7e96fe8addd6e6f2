package io.loadonce.db.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Properties;

/**
 * Opens the pool. Its connections are read-only, and each statement is a transaction.
 *
 * <p>PostgreSQL is told so when a connection is opened, and not by a statement: the sessions behind
 * a pooler are shared with other applications, which a statement would make read-only too. A pooler
 * refuses what is told at that moment. With {@code readOnlyMode=transaction} in the URL, each
 * statement has a read-only transaction of its own instead, for one more round trip.
 */
final class ConnectionPool {

  static final String APPLICATION_NAME = "loadonce";

  private static final Duration KEEPALIVE = Duration.ofSeconds(30);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(30);

  /**
   * Added to the query time-out for the time-out of the socket, so that the query time-out is
   * reached first.
   */
  private static final Duration SOCKET_GRACE = Duration.ofSeconds(2);

  /** A check of a connection is one round trip; to open one takes at least three. */
  private static final int CHECKS_PER_CONNECT = 2;

  /** The pool accepts no shorter time-out of a check. */
  private static final Duration SHORTEST_CHECK = Duration.ofMillis(250);

  private ConnectionPool() {}

  /** Does not wait for the database, and does not fail while it is down. */
  static HikariDataSource open(DatabaseSettings settings, RetryingDataSource source) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(APPLICATION_NAME);
    config.setDataSource(source);
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setValidationTimeout(checkTimeout(settings).toMillis());
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(KEEPALIVE.toMillis());
    config.setMaxLifetime(MAX_LIFETIME.toMillis());
    config.setReadOnly(true);
    boolean hasTransactions = JdbcUrl.isReadOnlyByTransaction(settings.url());
    config.setAutoCommit(!hasTransactions);
    // A check leaves no transaction open.
    config.setIsolateInternalQueries(hasTransactions);
    HikariDataSource pool = new HikariDataSource(config);
    source.onSilence(pool.getHikariPoolMXBean()::softEvictConnections);
    return pool;
  }

  /** Returns how long a pooled connection may take to reply to a check. */
  static Duration checkTimeout(DatabaseSettings settings) {
    Duration share = settings.connectTimeout().dividedBy(CHECKS_PER_CONNECT);
    return share.compareTo(SHORTEST_CHECK) < 0 ? SHORTEST_CHECK : share;
  }

  /** Returns the properties for the driver, which contain the password. */
  static Properties properties(DatabaseSettings settings, String password, String applicationName) {
    Properties properties = new Properties();
    put(properties, "user", settings.user());
    put(properties, "password", password);
    if (JdbcUrl.isPostgresql(settings.url())) {
      String connect = Integer.toString(wholeSeconds(settings.connectTimeout()));
      put(properties, "ApplicationName", applicationName);
      put(properties, "connectTimeout", connect);
      put(properties, "loginTimeout", connect);
      put(properties, "cancelSignalTimeout", connect);
      int silence = wholeSeconds(settings.queryTimeout().plus(SOCKET_GRACE));
      put(properties, "socketTimeout", Integer.toString(silence));
      put(properties, "tcpKeepAlive", "true");
      if (JdbcUrl.isReadOnlyByOption(settings.url())) {
        put(properties, "options", JdbcUrl.READ_ONLY_OPTION);
      }
      put(properties, "socketFactory", LimitedSocketFactory.class.getName());
    }
    if (settings.url().startsWith("jdbc:mariadb:")) {
      // The driver reads a TIMESTAMP in the time zone of the session.
      put(properties, "timezone", "UTC");
      put(properties, "connectTimeout", Long.toString(settings.connectTimeout().toMillis()));
      put(
          properties,
          "socketTimeout",
          Long.toString(settings.queryTimeout().plus(SOCKET_GRACE).toMillis()));
    }
    return properties;
  }

  /** Rounds up, since the driver takes zero for no time-out. */
  static int wholeSeconds(Duration duration) {
    return (int) duration.plusMillis(999).toSeconds();
  }

  private static void put(Properties properties, String key, String value) {
    if (!value.isEmpty()) {
      properties.setProperty(key, value);
    }
  }
}
