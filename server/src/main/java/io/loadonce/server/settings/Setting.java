package io.loadonce.server.settings;

import io.loadonce.db.jdbc.EmbeddedCities;
import java.util.Locale;

/**
 * Every setting: as a flag, as an environment variable, and as a key of the file. {@link Settings}
 * checks the range of its value.
 */
public enum Setting {
  PORT(SettingGroup.PORTS, "N", "50051", "Port for gRPC calls; 0 picks a free port."),
  HOST(
      SettingGroup.PORTS,
      "HOST",
      "127.0.0.1",
      "Address on which gRPC calls are accepted. Set 0.0.0.0 to accept them from other machines;"
          + " docs/access.md says how to protect the port."),
  ADMIN_PORT(
      SettingGroup.PORTS,
      "N",
      "50080",
      "Port for /metrics, /livez and /readyz over HTTP; 0 picks a free port."),
  ADMIN_HOST(SettingGroup.PORTS, "HOST", "127.0.0.1", "Address on which the admin port is opened."),
  DRAIN_TIMEOUT(
      SettingGroup.PORTS,
      "TIME",
      "20s",
      "After SIGTERM, calls in flight have this long to finish before they are cancelled. Keep it"
          + " below the grace period of your scheduler."),
  DRAIN_WAIT(
      SettingGroup.PORTS,
      "TIME",
      "0s",
      "After SIGTERM, how long the service reports that it accepts no more calls, and still accepts"
          + " them. Set it to the time that your load balancer needs to notice."),

  TLS_CERT(
      SettingGroup.ACCESS,
      "FILE",
      "",
      "PEM file of the server's certificate, followed by those that signed it. Both ports then"
          + " require TLS 1.2 or 1.3. Default: no TLS."),
  TLS_KEY(
      SettingGroup.ACCESS,
      "FILE",
      "",
      "PEM file of the private key of --tls-cert, in the form PKCS #8, not encrypted."),
  TLS_CLIENT_CA(
      SettingGroup.ACCESS,
      "FILE",
      "",
      "PEM file of the certificates that sign those of clients. The gRPC port then requires a"
          + " client certificate. Default: none is required."),
  ACCESS_FILE(
      SettingGroup.ACCESS,
      "FILE",
      "",
      "File that lists callers, each with the hash of its token or the name in its certificate, and"
          + " its rights. Default: everyone may do everything."),
  REFLECTION(
      SettingGroup.ACCESS,
      "true|false",
      "true",
      "Describe the gRPC services to tools such as grpcurl. With --access-file only known callers"
          + " see it."),
  CHANNELZ(
      SettingGroup.ACCESS,
      "true|false",
      "false",
      "Describe the connections of the gRPC port, with the addresses of all clients. With"
          + " --access-file it needs the right admin."),
  OPEN_HEALTH(
      SettingGroup.ACCESS,
      "true|false",
      "true",
      "Answer the gRPC health service without a token, for probes. Only used with --access-file."),

  DB_URL(
      SettingGroup.DATABASE,
      "URL",
      EmbeddedCities.DATABASE.url(),
      "JDBC URL of the database. A pooler such as PgBouncer needs readOnlyMode=transaction in it."
          + " Without a URL, 24,323 cities are served from an H2 database inside this process."),
  DB_USER(SettingGroup.DATABASE, "NAME", "", "Database user. Default: none; sa for the cities."),
  DB_PASSWORD_FILE(
      SettingGroup.DATABASE,
      "FILE",
      "",
      "File that holds the password of the database user. It is read again for each new connection."
          + " Default: no password."),
  QUERY(
      SettingGroup.DATABASE,
      "SQL",
      EmbeddedCities.LOOKUP.query().toString(),
      "The query that loads rows: one SELECT that contains IN (:ids) exactly once."),
  KEY_COLUMN(
      SettingGroup.DATABASE,
      "NAME",
      "id",
      "Column of the query's result that holds the id of the row."),
  KEY_TYPE(
      SettingGroup.DATABASE,
      "TYPE",
      "bigint",
      "Type of the key column: bigint, int, smallint, text, char, enum, uuid, numeric or date."),
  VERSION_COLUMN(
      SettingGroup.DATABASE,
      "NAME",
      "",
      "Integer column of the result that grows with every change of a row. Needed for min_version."
          + " Default: none."),
  POOL_SIZE(
      SettingGroup.DATABASE,
      "N",
      "8",
      "Database connections, which is also the number of queries at one time."),
  CONNECT_TIMEOUT(
      SettingGroup.DATABASE,
      "TIME",
      "1s",
      "How long a query waits for a free connection, and a new connection for the database."),
  LOAD_TIMEOUT(
      SettingGroup.DATABASE,
      "TIME",
      "5s",
      "How long a load may take in all, including its time in the queue; then it fails."),
  MAX_IDS_PER_QUERY(SettingGroup.DATABASE, "N", "256", "Most ids in one query, 1 to 256."),
  MAX_ROW_BYTES(
      SettingGroup.DATABASE,
      "BYTES",
      "1MiB",
      "Largest row that is accepted, or the largest list of rows of one id; a larger one fails with"
          + " INVALID_ROW."),
  MAX_ROWS(
      SettingGroup.DATABASE,
      "N",
      "1000",
      "Most rows of one id, 1 to 100000, of a lookup with rows: many; more rows fail with"
          + " INVALID_ROW."),
  MAX_QUERY_BYTES(
      SettingGroup.DATABASE,
      "BYTES",
      "",
      "Most bytes of rows that one query may return; ids without room are loaded by further,"
          + " smaller queries. Each connection may hold as much at the same time. Default: 1/8 of"
          + " the heap, divided by --pool-size."),

  TTL(
      SettingGroup.CACHE,
      "TIME",
      "60s",
      "Time to live of a row in the cache. 0s disables the cache; concurrent loads are still"
          + " combined."),
  NEGATIVE_TTL(
      SettingGroup.CACHE, "TIME", "5s", "Time to live of a cached \"not found\". 0s disables it."),
  TTL_JITTER(
      SettingGroup.CACHE,
      "SHARE",
      "0.1",
      "Each time to live is shortened by a random share of up to this much, 0 to 1, so that entries"
          + " do not expire together."),
  REFRESH_AFTER(
      SettingGroup.CACHE,
      "TIME",
      "",
      "After this age a row is refreshed in the background when it is requested. Default: never."),
  EARLY_REFRESH(
      SettingGroup.CACHE,
      "FACTOR",
      "1",
      "How eagerly a requested row is refreshed shortly before it expires, so that no caller waits:"
          + " the factor beta of XFetch, 0 to 100. 0 disables it."),
  STALE_ON_ERROR(
      SettingGroup.CACHE,
      "TIME",
      "0s",
      "How long after it has expired a row may still be served, marked STALE, while the database is"
          + " unreachable. 0s disables it."),
  STALE_ON_DISCONNECT(
      SettingGroup.CACHE,
      "TIME",
      "2s",
      "How long cached rows are still served, marked STALE, after the change listener lost its"
          + " connection. Only used with --listen."),
  CACHE_BYTES(
      SettingGroup.CACHE,
      "BYTES",
      "",
      "Memory for cached rows, of all lookups together. Default: a quarter of the heap."),
  NEGATIVE_CACHE_BYTES(
      SettingGroup.CACHE,
      "BYTES",
      "",
      "Memory for cached \"not found\" answers, of all lookups together. Default: 1/16 of"
          + " --cache-bytes."),

  LISTEN(
      SettingGroup.CHANGES,
      "true|false",
      "false",
      "Listen to changes in the database and invalidate the rows that changed. PostgreSQL needs the"
          + " triggers that ./loadonce sql triggers prints."),
  LISTEN_HEARTBEAT(
      SettingGroup.CHANGES,
      "TIME",
      "1s",
      "Interval of the change listener's heartbeats, 100ms to 1m. Two missed heartbeats mean that"
          + " the connection is lost."),
  LISTEN_TABLE(
      SettingGroup.CHANGES,
      "NAME",
      "",
      "Table to watch for changes. Default: the query's table, if there is only one."),

  CALL_TIMEOUT(
      SettingGroup.CALLERS,
      "TIME",
      "10s",
      "Longest time that a call may wait, also when its own deadline is later or missing."),
  MAX_QUEUE_TIME(
      SettingGroup.CALLERS,
      "TIME",
      "1s",
      "Longest time that an id may be expected to wait for its query; if the queue is longer, the"
          + " call fails at once with RESOURCE_EXHAUSTED."),
  MAX_WAITERS_PER_ID(
      SettingGroup.CALLERS,
      "N",
      "10000",
      "Most callers that may wait for one id; further calls fail with RESOURCE_EXHAUSTED."),
  MAX_WAITERS(
      SettingGroup.CALLERS,
      "N",
      "50000",
      "Most callers that may wait in total; further calls fail with RESOURCE_EXHAUSTED."),
  MAX_REPLY_BYTES(
      SettingGroup.CALLERS,
      "BYTES",
      "",
      "Memory for replies that clients have not taken yet; further calls fail with"
          + " RESOURCE_EXHAUSTED. One connection may use half of it. Default: 1/8 of the heap,"
          + " 128MiB at most; more needs a larger -XX:MaxDirectMemorySize."),
  UNREAD_TIMEOUT(
      SettingGroup.CALLERS,
      "TIME",
      "10s",
      "A connection that takes no byte of its replies for this long is closed, and one that takes"
          + " less than 64 KiB a second in the end, too."),
  MAX_REQUEST_BYTES(
      SettingGroup.CALLERS,
      "BYTES",
      "512KiB",
      "Largest request that is accepted; a larger one fails with RESOURCE_EXHAUSTED."),
  MAX_METADATA_BYTES(
      SettingGroup.CALLERS,
      "BYTES",
      "8KiB",
      "Most bytes of metadata of one call. A call with more fails with HTTP status 431; with a"
          + " quarter more, its connection is closed."),
  MAX_CALLS_PER_CONNECTION(
      SettingGroup.CALLERS,
      "N",
      "1000",
      "Most calls that may be open on one connection; a client queues further ones. Four times as"
          + " many may be cancelled within 10 s, then the connection is closed."),
  MAX_CONNECTIONS(
      SettingGroup.CALLERS,
      "N",
      "10000",
      "Most connections from all clients; a further one is closed at once."),
  MAX_CONNECTIONS_PER_PEER(
      SettingGroup.CALLERS,
      "N",
      "10000",
      "Most connections from one address. Lower it if clients reach the service directly, not"
          + " through a proxy."),
  MAX_CONNECTION_IDLE(
      SettingGroup.CALLERS,
      "TIME",
      "5m",
      "A connection without calls is closed after this time; clients reconnect by themselves."),
  MAX_CONNECTION_AGE(
      SettingGroup.CALLERS,
      "TIME",
      "0s",
      "After this time, longer or shorter by up to 10 %, a client is asked to open a new"
          + " connection, so that it finds new instances. 0s disables it."),
  MAX_CONNECTION_AGE_GRACE(
      SettingGroup.CALLERS,
      "TIME",
      "20s",
      "How long the calls on a connection that has reached its age may take to finish.");

  /** Where a setting may stand. */
  public enum Scope {
    /** Once for the process. */
    PROCESS,

    /** For the process, as the value of each lookup that has none of its own. */
    EACH_LOOKUP,

    /** For a service with one lookup, as a flag, a variable or in a properties file. */
    ONE_LOOKUP
  }

  /** The section of a YAML file that holds the settings of the database. */
  static final String DATABASE_SECTION = "database";

  private static final String DATABASE_PREFIX = "db-";

  public static final String ENVIRONMENT_PREFIX = "LOADONCE_";

  private final SettingGroup group;
  private final String unit;
  private final String defaultText;
  private final String description;

  Setting(SettingGroup group, String unit, String defaultText, String description) {
    this.group = group;
    this.unit = unit;
    this.defaultText = defaultText;
    this.description = description;
  }

  public SettingGroup group() {
    return group;
  }

  public String unit() {
    return unit;
  }

  /** Whether the value is true or false. */
  public boolean isSwitch() {
    return unit.equals("true|false");
  }

  /** Returns an empty text if there is no default, or if it depends on other settings. */
  public String defaultText() {
    return defaultText;
  }

  public String description() {
    return description;
  }

  public Scope scope() {
    return switch (this) {
      case QUERY, KEY_COLUMN, KEY_TYPE, VERSION_COLUMN, LISTEN_TABLE -> Scope.ONE_LOOKUP;
      case MAX_IDS_PER_QUERY,
          MAX_ROW_BYTES,
          MAX_ROWS,
          TTL,
          NEGATIVE_TTL,
          TTL_JITTER,
          REFRESH_AFTER,
          EARLY_REFRESH,
          STALE_ON_ERROR,
          STALE_ON_DISCONNECT,
          MAX_QUEUE_TIME,
          CACHE_BYTES,
          NEGATIVE_CACHE_BYTES ->
          Scope.EACH_LOOKUP;
      default -> Scope.PROCESS;
    };
  }

  /** Returns whether a YAML file has it in the section {@code database}. */
  public boolean isInDatabaseSection() {
    return switch (this) {
      case DB_URL, DB_USER, DB_PASSWORD_FILE, POOL_SIZE, CONNECT_TIMEOUT -> true;
      default -> false;
    };
  }

  /** Returns whether the value names a file, relative to the YAML file that sets it. */
  boolean isFile() {
    return unit.equals("FILE");
  }

  /** Returns the name in a YAML file, within its section. */
  public String yamlKey() {
    return isInDatabaseSection() && key().startsWith(DATABASE_PREFIX)
        ? key().substring(DATABASE_PREFIX.length())
        : key();
  }

  /** Returns the name in a properties file and in messages. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String flag() {
    return "--" + key();
  }

  public String variable() {
    return ENVIRONMENT_PREFIX + name();
  }
}
