package io.loadonce.db.jdbc;

import io.loadonce.db.InvalidSettingException;
import java.time.Duration;

/**
 * Which database the rows come from, and the limits of its connections. Validated and immutable.
 *
 * @param url a JDBC URL that a known driver accepts; only parameters known to be safe
 * @param user the user, empty where the database needs none
 * @param password the password, which its {@code toString} masks
 * @param poolSize the number of connections, 1 to {@link #MAX_POOL_SIZE}
 * @param connectTimeout how long a query waits for a free connection, and a new connection for the
 *     database
 * @param queryTimeout how long the database may work on one statement
 * @param maxQueryBytes the most bytes of rows in the result of one statement, of which each
 *     connection may hold one in memory; at least {@link #MIN_QUERY_BYTES}
 */
public record DatabaseSettings(
    String url,
    String user,
    Password password,
    int poolSize,
    Duration connectTimeout,
    Duration queryTimeout,
    long maxQueryBytes) {

  public static final long MIN_QUERY_BYTES = 64 << 10;
  public static final long DEFAULT_QUERY_BYTES = 16 << 20;

  public static final int DEFAULT_POOL_SIZE = 8;
  public static final int MAX_POOL_SIZE = 1_000;
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(1);
  public static final Duration DEFAULT_QUERY_TIMEOUT = Duration.ofSeconds(5);
  public static final Duration MIN_TIMEOUT = Duration.ofMillis(250);
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

  /**
   * @throws InvalidSettingException if a value is out of its range or the URL is refused
   */
  public DatabaseSettings {
    JdbcUrl.check(url);
    if (poolSize < 1 || poolSize > MAX_POOL_SIZE) {
      throw new InvalidSettingException(
          "pool-size", "must be 1 to " + MAX_POOL_SIZE + ", not " + poolSize);
    }
    requireTimeout("connect-timeout", connectTimeout);
    requireTimeout("query-timeout", queryTimeout);
    if (maxQueryBytes < MIN_QUERY_BYTES) {
      throw new InvalidSettingException(
          "max-query-bytes", "must be at least " + MIN_QUERY_BYTES + ", not " + maxQueryBytes);
    }
  }

  /**
   * Returns the default limits for a database.
   *
   * @throws InvalidSettingException if the URL is refused
   */
  public static DatabaseSettings of(String url, String user, String password) {
    return new DatabaseSettings(
        url,
        user,
        Password.of(password),
        DEFAULT_POOL_SIZE,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_QUERY_TIMEOUT,
        DEFAULT_QUERY_BYTES);
  }

  public DatabaseSettings withPoolSize(int size) {
    return new DatabaseSettings(
        url, user, password, size, connectTimeout, queryTimeout, maxQueryBytes);
  }

  public DatabaseSettings withConnectTimeout(Duration timeout) {
    return new DatabaseSettings(
        url, user, password, poolSize, timeout, queryTimeout, maxQueryBytes);
  }

  public DatabaseSettings withQueryTimeout(Duration timeout) {
    return new DatabaseSettings(
        url, user, password, poolSize, connectTimeout, timeout, maxQueryBytes);
  }

  public DatabaseSettings withMaxQueryBytes(long bytes) {
    return new DatabaseSettings(url, user, password, poolSize, connectTimeout, queryTimeout, bytes);
  }

  private static void requireTimeout(String key, Duration value) {
    if (value.compareTo(MIN_TIMEOUT) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
      throw new InvalidSettingException(
          key,
          "must be %d ms to %d ms, not %d ms"
              .formatted(MIN_TIMEOUT.toMillis(), MAX_TIMEOUT.toMillis(), value.toMillis()));
    }
  }
}
