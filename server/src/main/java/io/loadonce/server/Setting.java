package io.loadonce.server;

import io.loadonce.db.DatabaseSettings;
import java.util.Locale;

/**
 * Every key that can be set: as a flag, as its twin in the environment, and as a key of the file.
 * What a value may be is for {@link Settings} to say.
 */
enum Setting {
  PORT(Group.LISTEN, "N", "50051", "Port for callers, over gRPC; 0 picks a free one."),
  HOST(Group.LISTEN, "HOST", "127.0.0.1", "Where callers reach it; 0.0.0.0 for everybody."),
  ADMIN_PORT(Group.LISTEN, "N", "9090", "Port for /metrics and /healthz; 0 picks a free one."),
  ADMIN_HOST(Group.LISTEN, "HOST", "127.0.0.1", "Where operators reach it."),
  DRAIN_TIMEOUT(Group.LISTEN, "TIME", "20s", "After SIGTERM, how long calls in flight may last."),

  DB_URL(Group.DATABASE, "URL", embedded().url(), "JDBC URL; by default cities, in this process."),
  DB_USER(Group.DATABASE, "NAME", "", "User; none by default, and sa for the cities."),
  DB_PASSWORD_FILE(Group.DATABASE, "FILE", "", "File that holds the password; none by default."),
  QUERY(Group.DATABASE, "SQL", embedded().query().toString(), "One SELECT with IN (:ids) once."),
  KEY_COLUMN(Group.DATABASE, "NAME", "id", "Column of the result that holds the id."),
  KEY_TYPE(Group.DATABASE, "TYPE", "bigint", "Type of that column: bigint, text or uuid."),
  VERSION_COLUMN(
      Group.DATABASE, "NAME", "", "Column of versions, which must never go down; none by default."),
  POOL_SIZE(Group.DATABASE, "N", "8", "Connections, and so queries at the same moment."),
  CONNECT_TIMEOUT(Group.DATABASE, "TIME", "1s", "How long a query may wait for a connection."),
  LOAD_TIMEOUT(Group.DATABASE, "TIME", "5s", "How long a load may last, its wait included."),
  MAX_IDS_PER_QUERY(Group.DATABASE, "N", "256", "Ids in one query, at most 256."),
  MAX_ROW_BYTES(Group.DATABASE, "BYTES", "1MiB", "The largest row that is given."),

  TTL(Group.MEMORY, "TIME", "60s", "How long a row is fresh; 0s: never."),
  NEGATIVE_TTL(Group.MEMORY, "TIME", "5s", "How long the absence of a row is; 0s: never."),
  TTL_JITTER(Group.MEMORY, "SHARE", "0.1", "Share of both that chance may take off, 0 to 1."),
  SOFT_TTL(Group.MEMORY, "TIME", "", "A row in demand is read again after this; none by default."),
  EARLY_REFRESH(
      Group.MEMORY, "FACTOR", "1", "How early, by chance, it is read again before; 0 never."),
  STALE_ON_ERROR(
      Group.MEMORY, "TIME", "0s", "With the database gone, how long an old row is still given."),
  UNHEARD_FOR(Group.MEMORY, "TIME", "2s", "With changes unheard, how long a row is still given."),
  CACHE_BYTES(Group.MEMORY, "BYTES", "", "Budget of the rows; by default a quarter of the heap."),
  NEGATIVE_CACHE_BYTES(
      Group.MEMORY, "BYTES", "", "Budget of the absences; by default 1/16 of that."),

  LISTEN(Group.CHANGES, "true|false", "false", "Forget what the database says has changed."),
  HEARTBEAT(
      Group.CHANGES, "TIME", "1s", "How often it is asked for a sign; after two, it is gone."),
  TABLE(Group.CHANGES, "NAME", "", "Whose changes; by default of the only table of the query."),

  CALL_TIMEOUT(Group.CALLERS, "TIME", "10s", "The most that a call waits, whatever its deadline."),
  MAX_WAITERS_PER_ID(
      Group.CALLERS, "N", "10000", "Callers that wait for one id; more are refused."),
  MAX_WAITERS(Group.CALLERS, "N", "50000", "Callers that wait in total; more are refused.");

  /** Under which heading a key stands in the help. */
  enum Group {
    LISTEN("Listening"),
    DATABASE("Database"),
    MEMORY("Memory"),
    CHANGES("Changes in the database"),
    CALLERS("Callers");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }

    String heading() {
      return heading;
    }
  }

  static final String ENVIRONMENT_PREFIX = "LOADONCE_";

  private final Group group;
  private final String unit;
  private final String defaultText;
  private final String description;

  Setting(Group group, String unit, String defaultText, String description) {
    this.group = group;
    this.unit = unit;
    this.defaultText = defaultText;
    this.description = description;
  }

  Group group() {
    return group;
  }

  String unit() {
    return unit;
  }

  /** Whether it is on or off, and a flag without a value means on. */
  boolean isSwitch() {
    return unit.equals("true|false");
  }

  /** Empty where the default is none, or depends on something. */
  String defaultText() {
    return defaultText;
  }

  String description() {
    return description;
  }

  /** The name in the file, and in messages. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String flag() {
    return "--" + key();
  }

  String variable() {
    return ENVIRONMENT_PREFIX + name();
  }

  private static DatabaseSettings embedded() {
    return DatabaseSettings.builder().build();
  }
}
