package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.jdbc.Password;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.access.AccessSettings.TlsFiles;
import io.loadonce.server.changes.ListenSettings;
import io.loadonce.server.files.SettingFile;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.PortSecurity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings of the service. Validated and immutable.
 *
 * @param grpc the address for callers
 * @param admin the address for operators
 * @param access how both ports are protected
 * @param lookups at least one
 * @param callTimeout the longest time that a call may wait, also if its own deadline is later
 * @param drainTimeout how long calls in flight may take to end after SIGTERM
 */
public record Settings(
    Address grpc,
    Address admin,
    AccessSettings access,
    DatabaseSettings database,
    List<LookupConfig> lookups,
    LockSettings lock,
    ListenSettings listen,
    Duration callTimeout,
    Duration drainTimeout) {

  private static final int MAX_PORT = 65_535;
  static final Duration MAX_TTL = Duration.ofDays(365);
  private static final Duration MAX_DRAIN = Duration.ofHours(1);

  /** To listen there is to listen on every address of the machine. */
  private static final Set<String> EVERY_HOST = Set.of("0.0.0.0", "::");

  /**
   * @param maxHeapBytes the heap, of which the memory budgets are a share unless they are set
   * @throws InvalidSettingException if a value is out of its range; names its key
   * @throws InvalidConfigException if lookups of a YAML file are wrong
   */
  public static Settings of(SettingTexts texts, long maxHeapBytes) {
    SettingValues values = new SettingValues(texts);
    Address grpc =
        new Address(values.text(Setting.HOST), values.integer(Setting.PORT, 0, MAX_PORT));
    Address admin =
        new Address(
            values.text(Setting.ADMIN_HOST), values.integer(Setting.ADMIN_PORT, 0, MAX_PORT));
    requireTwoPorts(grpc, admin);
    AccessSettings access = access(values);
    List<LookupConfig> lookups = LookupConfigs.of(texts, maxHeapBytes);
    PortSecurity.check(access, names(lookups));
    return new Settings(
        grpc,
        admin,
        access,
        database(values),
        lookups,
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

  private static AccessSettings access(SettingValues values) {
    Optional<SettingFile> certificate = values.file(Setting.TLS_CERT);
    Optional<SettingFile> key = values.file(Setting.TLS_KEY);
    Optional<SettingFile> clientCa = values.file(Setting.TLS_CLIENT_CA);
    if (certificate.isPresent() != key.isPresent()) {
      Setting missing = key.isEmpty() ? Setting.TLS_KEY : Setting.TLS_CERT;
      throw new InvalidSettingException(
          missing.key(), "is not set; a certificate and its key need --tls-cert and --tls-key");
    }
    if (clientCa.isPresent() && certificate.isEmpty()) {
      throw new InvalidSettingException(
          clientCa.get().named(), "needs TLS; set --tls-cert and --tls-key, too");
    }
    return new AccessSettings(
        certificate.map(file -> new TlsFiles(file, key.orElseThrow(), clientCa)),
        values.file(Setting.ACCESS_FILE),
        values.isOn(Setting.REFLECTION),
        values.isOn(Setting.CHANNELZ),
        values.isOn(Setting.OPEN_HEALTH));
  }

  private static Set<String> names(List<LookupConfig> lookups) {
    return lookups.stream().map(lookup -> lookup.settings().name()).collect(Collectors.toSet());
  }

  private static DatabaseSettings database(SettingValues values) {
    String url = values.text(Setting.DB_URL);
    DatabaseSettings cities = EmbeddedCities.DATABASE;
    String defaultUser = url.equals(cities.url()) ? cities.user() : "";
    return new DatabaseSettings(
        url,
        values.has(Setting.DB_USER) ? values.text(Setting.DB_USER) : defaultUser,
        values.has(Setting.DB_PASSWORD_FILE)
            ? values.password(Setting.DB_PASSWORD_FILE)
            : Password.of(""),
        values.integer(Setting.POOL_SIZE, 1, DatabaseSettings.MAX_POOL_SIZE),
        timeout(values, Setting.CONNECT_TIMEOUT),
        timeout(values, Setting.LOAD_TIMEOUT));
  }

  /** The names of all lookups. */
  public Set<String> lookupNames() {
    return names(lookups);
  }

  /** The memory for cached rows, of all lookups together. */
  public long cacheBytes() {
    return lookups.stream().mapToLong(lookup -> lookup.cache().maxBytes()).sum();
  }

  /** The memory for cached "not found" answers, of all lookups together. */
  public long negativeCacheBytes() {
    return lookups.stream().mapToLong(lookup -> lookup.cache().maxNegativeBytes()).sum();
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
