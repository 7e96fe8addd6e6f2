package io.loadonce.db.jdbc;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.SelectByIds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which database is asked, how, and within which limits. Validated and immutable.
 *
 * @param url a JDBC URL whose driver is on the class path; only parameters known to be safe
 * @param user the user, empty where the database needs none
 * @param password the password, empty for none; {@link #toString} masks it
 * @param query what is asked
 * @param keyColumn the column of the result that holds the id
 * @param keyType the type of that column
 * @param versionColumn the column of the result that holds the version, null for none
 * @param poolSize connections, 1 to {@link #MAX_POOL_SIZE}
 * @param maxIdsPerQuery ids in one statement, 1 to {@link SelectByIds#MAX_IDS}
 * @param maxRowBytes the largest row that is taken, in bytes of its protobuf form
 * @param connectTimeout how long a query waits for a connection, and a connection for the database
 * @param queryTimeout how long the database may work on one statement
 */
public record DatabaseSettings(
    String url,
    String user,
    String password,
    SelectByIds query,
    String keyColumn,
    KeyType keyType,
    @Nullable String versionColumn,
    int poolSize,
    int maxIdsPerQuery,
    int maxRowBytes,
    Duration connectTimeout,
    Duration queryTimeout) {

  public static final int MAX_POOL_SIZE = 1_000;
  public static final int MAX_ROW_BYTES = LookupSettings.MAX_ROW_BYTES;
  public static final Duration MIN_TIMEOUT = Duration.ofMillis(250);
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

  /**
   * @throws InvalidSettingException if a value is out of its range or the URL is refused
   */
  public DatabaseSettings {
    JdbcUrl.check(url);
    requireRange("pool-size", poolSize, MAX_POOL_SIZE);
    requireTimeout("connect-timeout", connectTimeout);
    requireTimeout("query-timeout", queryTimeout);
    var _ = lookup(query, keyColumn, keyType, versionColumn, maxIdsPerQuery, maxRowBytes);
  }

  /** The lookup that these settings describe, under the name {@code default}. */
  public LookupSettings lookup() {
    return lookup(query, keyColumn, keyType, versionColumn, maxIdsPerQuery, maxRowBytes);
  }

  private static LookupSettings lookup(
      SelectByIds query,
      String keyColumn,
      KeyType keyType,
      @Nullable String versionColumn,
      int maxIdsPerQuery,
      int maxRowBytes) {
    return new LookupSettings(
        LookupSettings.DEFAULT_NAME,
        query,
        keyColumn,
        keyType,
        versionColumn,
        maxIdsPerQuery,
        maxRowBytes);
  }

  /** The embedded cities, and the defaults of everything else. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  @Override
  public String toString() {
    return ("DatabaseSettings[url=%s, user=%s, password=%s, query=%s, keyColumn=%s, keyType=%s,"
            + " versionColumn=%s, poolSize=%d, maxIdsPerQuery=%d, maxRowBytes=%d,"
            + " connectTimeout=%s, queryTimeout=%s]")
        .formatted(
            url,
            user,
            password.isEmpty() ? "" : "****",
            query,
            keyColumn,
            keyType,
            versionColumn,
            poolSize,
            maxIdsPerQuery,
            maxRowBytes,
            connectTimeout,
            queryTimeout);
  }

  private static void requireRange(String key, int value, int max) {
    if (value < 1 || value > max) {
      throw new InvalidSettingException(key, "must be 1 to " + max + ", not " + value);
    }
  }

  private static void requireTimeout(String key, Duration value) {
    if (value.compareTo(MIN_TIMEOUT) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
      throw new InvalidSettingException(
          key,
          "must be %d ms to %d ms, not %d ms"
              .formatted(MIN_TIMEOUT.toMillis(), MAX_TIMEOUT.toMillis(), value.toMillis()));
    }
  }

  /** Collects settings; nothing is checked before {@link #build}, except the query. */
  public static final class Builder {
    private String url = EmbeddedCities.URL;
    private String user = EmbeddedCities.USER;
    private String password = "";
    private SelectByIds query = SelectByIds.parse(EmbeddedCities.QUERY);
    private String keyColumn = "id";
    private KeyType keyType = KeyType.BIGINT;
    private @Nullable String versionColumn;
    private int poolSize = 8;
    private int maxIdsPerQuery = SelectByIds.MAX_IDS;
    private int maxRowBytes = 1 << 20;
    private Duration connectTimeout = Duration.ofSeconds(1);
    private Duration queryTimeout = Duration.ofSeconds(5);

    private Builder() {}

    private Builder(DatabaseSettings from) {
      url = from.url;
      user = from.user;
      password = from.password;
      query = from.query;
      keyColumn = from.keyColumn;
      keyType = from.keyType;
      versionColumn = from.versionColumn;
      poolSize = from.poolSize;
      maxIdsPerQuery = from.maxIdsPerQuery;
      maxRowBytes = from.maxRowBytes;
      connectTimeout = from.connectTimeout;
      queryTimeout = from.queryTimeout;
    }

    public Builder url(String value) {
      url = value;
      return this;
    }

    public Builder user(String value) {
      user = value;
      return this;
    }

    public Builder password(String value) {
      password = value;
      return this;
    }

    /**
     * @throws InvalidSettingException if it is not a {@link SelectByIds}
     */
    public Builder query(String value) {
      query = SelectByIds.parse(value);
      return this;
    }

    public Builder key(String column, KeyType type) {
      keyColumn = column;
      keyType = type;
      return this;
    }

    public Builder versionColumn(@Nullable String value) {
      versionColumn = value;
      return this;
    }

    public Builder poolSize(int value) {
      poolSize = value;
      return this;
    }

    public Builder maxIdsPerQuery(int value) {
      maxIdsPerQuery = value;
      return this;
    }

    public Builder maxRowBytes(int value) {
      maxRowBytes = value;
      return this;
    }

    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    public Builder queryTimeout(Duration value) {
      queryTimeout = value;
      return this;
    }

    /**
     * @throws InvalidSettingException if a value is out of its range or the URL is refused
     */
    public DatabaseSettings build() {
      return new DatabaseSettings(
          url,
          user,
          password,
          query,
          keyColumn,
          keyType,
          versionColumn,
          poolSize,
          maxIdsPerQuery,
          maxRowBytes,
          connectTimeout,
          queryTimeout);
    }
  }
}
