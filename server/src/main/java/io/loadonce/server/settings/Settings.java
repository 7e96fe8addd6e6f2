package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.db.lookup.SelectByIds;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.changes.ListenSettings;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.ports.Address;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The settings of the service. Validated and immutable.
 *
 * @param grpc the address for callers
 * @param admin the address for operators
 * @param lookups at least one
 * @param callTimeout the longest time that a call may wait, also if its own deadline is later
 * @param drainTimeout how long calls in flight may take to end after SIGTERM
 */
public record Settings(
    Address grpc,
    Address admin,
    DatabaseSettings database,
    List<LookupConfig> lookups,
    LockSettings lock,
    ListenSettings listen,
    Duration callTimeout,
    Duration drainTimeout) {

  private static final int MAX_PORT = 65_535;
  private static final Duration MAX_TTL = Duration.ofDays(365);
  private static final Duration MAX_DRAIN = Duration.ofHours(1);

  /** By default, cached rows may use a quarter of the heap. */
  private static final int HEAP_PER_CACHE = 4;

  /** By default, cached "not found" entries may use a sixteenth of that. */
  private static final int CACHE_PER_NEGATIVE_CACHE = 16;

  /** To listen there is to listen on every address of the machine. */
  private static final Set<String> EVERY_HOST = Set.of("0.0.0.0", "::");

  /**
   * @param maxHeapBytes the heap, of which the memory budgets are a share unless they are set
   * @throws InvalidSettingException if a value is out of its range; names its key
   */
  public static Settings of(SettingTexts texts, long maxHeapBytes) {
    SettingValues values = new SettingValues(texts);
    Address grpc =
        new Address(values.text(Setting.HOST), values.integer(Setting.PORT, 0, MAX_PORT));
    Address admin =
        new Address(
            values.text(Setting.ADMIN_HOST), values.integer(Setting.ADMIN_PORT, 0, MAX_PORT));
    requireTwoPorts(grpc, admin);
    return new Settings(
        grpc,
        admin,
        database(values),
        List.of(new LookupConfig(query(values), cache(values, maxHeapBytes), load(values))),
        lock(values),
        new ListenSettings(
            values.isOn(Setting.LISTEN),
            values.text(Setting.LISTEN_TABLE),
            values.duration(
                Setting.LISTEN_HEARTBEAT,
                ListenSettings.MIN_HEARTBEAT,
                ListenSettings.MAX_HEARTBEAT)),
        values.duration(Setting.CALL_TIMEOUT, Duration.ofMillis(1), LoadOnce.MAX_WAIT),
        values.duration(Setting.DRAIN_TIMEOUT, Duration.ZERO, MAX_DRAIN));
  }

  private static void requireTwoPorts(Address grpc, Address admin) {
    boolean sameHost =
        grpc.host().equals(admin.host())
            || EVERY_HOST.contains(grpc.host())
            || EVERY_HOST.contains(admin.host());
    if (sameHost && grpc.port() == admin.port() && grpc.port() != 0) {
      throw new InvalidSettingException(
          Setting.ADMIN_PORT.key(),
          "is %d, like --port; choose another port for --admin-port or for --port"
              .formatted(admin.port()));
    }
  }

  private static DatabaseSettings database(SettingValues values) {
    String url = values.text(Setting.DB_URL);
    DatabaseSettings cities = EmbeddedCities.DATABASE;
    String defaultUser = url.equals(cities.url()) ? cities.user() : "";
    return new DatabaseSettings(
        url,
        values.has(Setting.DB_USER) ? values.text(Setting.DB_USER) : defaultUser,
        values.has(Setting.DB_PASSWORD_FILE) ? values.secret(Setting.DB_PASSWORD_FILE) : "",
        values.integer(Setting.POOL_SIZE, 1, DatabaseSettings.MAX_POOL_SIZE),
        timeout(values, Setting.CONNECT_TIMEOUT),
        timeout(values, Setting.LOAD_TIMEOUT));
  }

  /** The memory for cached rows, of all lookups together. */
  public long cacheBytes() {
    return lookups.stream().mapToLong(lookup -> lookup.cache().maxBytes()).sum();
  }

  /** The memory for cached "not found" answers, of all lookups together. */
  public long negativeCacheBytes() {
    return lookups.stream().mapToLong(lookup -> lookup.cache().maxNegativeBytes()).sum();
  }

  private static LoadSettings load(SettingValues values) {
    return new LoadSettings(
        values.number(Setting.EARLY_REFRESH, 0, 100),
        values.duration(Setting.STALE_ON_ERROR, Duration.ZERO, MAX_TTL),
        values.duration(Setting.STALE_ON_DISCONNECT, Duration.ZERO, MAX_TTL));
  }

  private static LookupSettings query(SettingValues values) {
    return new LookupSettings(
        LookupSettings.DEFAULT_NAME,
        SelectByIds.parse(values.text(Setting.QUERY)),
        KeyColumns.of(
            values.text(Setting.KEY_COLUMN), values.oneOf(Setting.KEY_TYPE, KeyType.class)),
        Rows.ONE,
        values.has(Setting.VERSION_COLUMN) ? values.text(Setting.VERSION_COLUMN) : null,
        values.integer(Setting.MAX_IDS_PER_QUERY, 1, SelectByIds.MAX_IDS),
        LookupSettings.DEFAULT_ROWS,
        (int) values.bytes(Setting.MAX_ROW_BYTES, 1, LookupSettings.MAX_ROW_BYTES));
  }

  private static CacheSettings cache(SettingValues values, long maxHeapBytes) {
    long bytes =
        values.has(Setting.CACHE_BYTES)
            ? values.bytes(Setting.CACHE_BYTES, 0, maxHeapBytes)
            : maxHeapBytes / HEAP_PER_CACHE;
    long negativeBytes =
        values.has(Setting.NEGATIVE_CACHE_BYTES)
            ? values.bytes(Setting.NEGATIVE_CACHE_BYTES, 0, maxHeapBytes)
            : bytes / CACHE_PER_NEGATIVE_CACHE;
    return new CacheSettings(
        values.duration(Setting.TTL, Duration.ZERO, MAX_TTL),
        values.has(Setting.REFRESH_AFTER)
            ? values.duration(Setting.REFRESH_AFTER, Duration.ofMillis(1), MAX_TTL)
            : CacheSettings.NEVER,
        values.duration(Setting.NEGATIVE_TTL, Duration.ZERO, MAX_TTL),
        values.number(Setting.TTL_JITTER, 0, 1),
        bytes,
        negativeBytes);
  }

  private static LockSettings lock(SettingValues values) {
    return new LockSettings(
        LockSettings.DEFAULTS.segments(),
        values.integer(Setting.MAX_WAITERS_PER_ID, 1, Integer.MAX_VALUE),
        values.integer(Setting.MAX_WAITERS, 1, Integer.MAX_VALUE),
        timeout(values, Setting.LOAD_TIMEOUT),
        LockSettings.DEFAULTS.abandonAfter());
  }

  private static Duration timeout(SettingValues values, Setting setting) {
    return values.duration(setting, DatabaseSettings.MIN_TIMEOUT, DatabaseSettings.MAX_TIMEOUT);
  }
}
