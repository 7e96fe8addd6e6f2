package io.loadonce.db.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Properties;

/** Opens the pool. Its connections are read-only, and each statement is a transaction. */
final class ConnectionPool {

  private static final Duration KEEPALIVE = Duration.ofSeconds(30);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(30);

  /**
   * Added to the query time-out for the time-out of the socket, so that the query time-out is
   * reached first.
   */
  private static final Duration SOCKET_GRACE = Duration.ofSeconds(2);

  private ConnectionPool() {}

  /** Does not wait for the database, and does not fail while it is down. */
  static HikariDataSource open(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("loadonce");
    config.setDataSource(new RetryingDataSource(settings.url(), properties(settings)));
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setValidationTimeout(settings.connectTimeout().toMillis());
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(KEEPALIVE.toMillis());
    config.setMaxLifetime(MAX_LIFETIME.toMillis());
    config.setReadOnly(true);
    config.setAutoCommit(true);
    return new HikariDataSource(config);
  }

  /** Returns the properties for the driver, which contain the password. */
  static Properties properties(DatabaseSettings settings) {
    Properties properties = new Properties();
    put(properties, "user", settings.user());
    put(properties, "password", settings.password());
    if (JdbcUrl.isPostgresql(settings.url())) {
      String connect = Integer.toString(wholeSeconds(settings.connectTimeout()));
      put(properties, "ApplicationName", "loadonce");
      put(properties, "connectTimeout", connect);
      put(properties, "loginTimeout", connect);
      put(properties, "cancelSignalTimeout", connect);
      int silence = wholeSeconds(settings.queryTimeout().plus(SOCKET_GRACE));
      put(properties, "socketTimeout", Integer.toString(silence));
      put(properties, "tcpKeepAlive", "true");
      put(properties, "readOnlyMode", "always");
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
