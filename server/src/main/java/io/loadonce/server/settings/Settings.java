package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.jdbc.Password;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.access.AccessSettings.TlsFiles;
import io.loadonce.server.audit.AuditSettings;
import io.loadonce.server.changes.ListenSettings;
import io.loadonce.server.files.SettingFile;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.log.LogSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.PortLimits;
import io.loadonce.server.ports.PortSecurity;
import io.loadonce.server.request.ConnectionLimits;
import io.loadonce.server.tier.TierSettings;
import io.loadonce.server.traces.TraceSettings;
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
 * @param tier the Redis that the instances share, if they do
 * @param callTimeout the longest time that a call may wait, also if its own deadline is later
 * @param port what a client may send over one connection
 * @param connections how many connections there may be, and what they may hold
 * @param drainWait how long calls are accepted after SIGTERM
 * @param drainTimeout how long calls in flight may take to end after that
 * @param audit how many cached rows are compared with the database
 * @param log how log lines are written
 * @param traces where traces are sent, if they are
 */
public record Settings(
    Address grpc,
    Address admin,
    AccessSettings access,
    DatabaseSettings database,
    List<LookupConfig> lookups,
    LockSettings lock,
    ListenSettings listen,
    Optional<TierSettings> tier,
    Duration callTimeout,
    PortLimits port,
    ConnectionLimits connections,
    Duration drainWait,
    Duration drainTimeout,
    AuditSettings audit,
    LogSettings log,
    Optional<TraceSettings> traces) {

  private static final int MAX_PORT = 65_535;
  private static final int MAX_COUNT = 1_000_000;
  private static final long MIN_MESSAGE = 1 << 10;
  private static final long MAX_MESSAGE = 16 << 20;
  static final Duration MAX_TTL = Duration.ofDays(365);

  /** In a second: each is a query, or two. */
  private static final int MAX_AUDITS = 100;

  private static final Duration MAX_DRAIN = Duration.ofHours(1);

  /** Of the heap, for the results of all queries, and again for the replies in flight. */
  private static final int HEAP_SHARE = 8;

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
        database(values, maxHeapBytes),
        lookups,
        lock(values),
        new ListenSettings(
            values.isOn(Setting.LISTEN),
            values.text(Setting.LISTEN_TABLE),
            values.duration(
                Setting.LISTEN_HEARTBEAT,
                ListenSettings.MIN_HEARTBEAT,
                ListenSettings.MAX_HEARTBEAT)),
        tier(values),
        values.duration(Setting.CALL_TIMEOUT, Duration.ofMillis(1), LoadOnce.MAX_WAIT),
        port(values),
        connections(values, maxHeapBytes),
        values.duration(Setting.DRAIN_WAIT, Duration.ZERO, MAX_DRAIN),
        values.duration(Setting.DRAIN_TIMEOUT, Duration.ZERO, MAX_DRAIN),
        new AuditSettings(values.pause(Setting.AUDIT, MAX_AUDITS), values.isOn(Setting.AUDIT_DROP)),
        new LogSettings(
            values.oneOf(Setting.LOG_FORMAT, LogSettings.Format.class),
            values.oneOf(Setting.LOG_LEVEL, LogSettings.Level.class),
            values.duration(Setting.SLOW_LOAD, Duration.ZERO, MAX_DRAIN)),
        traces(values));
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
        values.isOn(Setting.OPEN_HEALTH),
        values.isOn(Setting.HASH_IDS));
  }

  private static Optional<TierSettings> tier(SettingValues values) {
    if (!values.has(Setting.REDIS_URL)) {
      return Optional.empty();
    }
    return Optional.of(
        new TierSettings(
            values.text(Setting.REDIS_URL),
            values.text(Setting.REDIS_USER),
            values.has(Setting.REDIS_PASSWORD_FILE)
                ? values.password(Setting.REDIS_PASSWORD_FILE)
                : Password.of(""),
            values.text(Setting.REDIS_PREFIX),
            values.duration(
                Setting.REDIS_TIMEOUT, TierSettings.MIN_TIMEOUT, TierSettings.MAX_TIMEOUT),
            (int) values.bytes(Setting.REDIS_MAX_VALUE_BYTES, 1, TierSettings.MAX_VALUE_BYTES),
            values.file(Setting.REDIS_CA)));
  }

  private static Optional<TraceSettings> traces(SettingValues values) {
    double ratio = values.number(Setting.TRACE_RATIO, 0, 1);
    return values.has(Setting.TRACE_ENDPOINT)
        ? Optional.of(new TraceSettings(values.text(Setting.TRACE_ENDPOINT).strip(), ratio))
        : Optional.empty();
  }

  private static Set<String> names(List<LookupConfig> lookups) {
    return lookups.stream().map(lookup -> lookup.settings().name()).collect(Collectors.toSet());
  }

  private static PortLimits port(SettingValues values) {
    return new PortLimits(
        (int) values.bytes(Setting.MAX_REQUEST_BYTES, MIN_MESSAGE, MAX_MESSAGE),
        (int) values.bytes(Setting.MAX_METADATA_BYTES, MIN_MESSAGE, MAX_MESSAGE),
        values.integer(Setting.MAX_CALLS_PER_CONNECTION, 1, MAX_COUNT),
        values.duration(Setting.MAX_CONNECTION_IDLE, Duration.ofSeconds(1), MAX_TTL),
        values.duration(Setting.MAX_CONNECTION_AGE, Duration.ZERO, MAX_TTL),
        values.duration(Setting.MAX_CONNECTION_AGE_GRACE, Duration.ZERO, MAX_DRAIN));
  }

  private static ConnectionLimits connections(SettingValues values, long maxHeapBytes) {
    long share =
        Math.clamp(
            maxHeapBytes / HEAP_SHARE,
            ConnectionLimits.MIN_REPLY_BYTES,
            ConnectionLimits.DEFAULT_REPLY_BYTES);
    return new ConnectionLimits(
        values.integer(Setting.MAX_CONNECTIONS, 1, MAX_COUNT),
        values.integer(Setting.MAX_CONNECTIONS_PER_PEER, 1, MAX_COUNT),
        values.has(Setting.MAX_REPLY_BYTES)
            ? values.bytes(Setting.MAX_REPLY_BYTES, ConnectionLimits.MIN_REPLY_BYTES, maxHeapBytes)
            : share,
        values.duration(Setting.UNREAD_TIMEOUT, Duration.ofMillis(100), MAX_DRAIN));
  }

  private static long queryBytes(SettingValues values, long maxHeapBytes, int connections) {
    long most = Math.max(maxHeapBytes, DatabaseSettings.MIN_QUERY_BYTES);
    return values.has(Setting.MAX_QUERY_BYTES)
        ? values.bytes(Setting.MAX_QUERY_BYTES, DatabaseSettings.MIN_QUERY_BYTES, most)
        : Math.clamp(
            maxHeapBytes / HEAP_SHARE / connections, 2L * LookupSettings.DEFAULT_ROW_BYTES, most);
  }

  private static DatabaseSettings database(SettingValues values, long maxHeapBytes) {
    String url = values.text(Setting.DB_URL);
    DatabaseSettings cities = EmbeddedCities.DATABASE;
    int connections = values.integer(Setting.POOL_SIZE, 1, DatabaseSettings.MAX_POOL_SIZE);
    String defaultUser = url.equals(cities.url()) ? cities.user() : "";
    return new DatabaseSettings(
        url,
        values.has(Setting.DB_USER) ? values.text(Setting.DB_USER) : defaultUser,
        values.has(Setting.DB_PASSWORD_FILE)
            ? values.password(Setting.DB_PASSWORD_FILE)
            : Password.of(""),
        connections,
        timeout(values, Setting.CONNECT_TIMEOUT),
        timeout(values, Setting.LOAD_TIMEOUT),
        queryBytes(values, maxHeapBytes, connections));
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

  /** Returns these settings with those of others that can change while the service runs. */
  Settings withChangesOf(Settings other) {
    boolean hasSameLookups = other.lookupNames().equals(lookupNames());
    List<LookupConfig> changed =
        lookups.stream()
            .map(
                lookup ->
                    other.lookups.stream()
                        .filter(each -> each.settings().name().equals(lookup.settings().name()))
                        .findFirst()
                        .map(each -> lookup.withChangesOf(each, hasSameLookups))
                        .orElse(lookup))
            .toList();
    return new Settings(
        grpc,
        admin,
        access,
        database,
        changed,
        lock,
        listen,
        tier,
        callTimeout,
        port,
        connections,
        drainWait,
        drainTimeout,
        other.audit,
        new LogSettings(log.format(), other.log.level(), other.log.slowLoad()),
        traces);
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
