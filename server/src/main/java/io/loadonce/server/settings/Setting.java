package io.loadonce.server.settings;

import io.loadonce.db.jdbc.EmbeddedCities;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;

/**
 * Every setting: as a flag, as an environment variable, and as a key of the file. {@link Settings}
 * checks the range of its value; descriptions.properties says what it does.
 */
public enum Setting {
  PORT(SettingGroup.PORTS, "N", "50051"),
  HOST(SettingGroup.PORTS, "HOST", "127.0.0.1"),
  ADMIN_PORT(SettingGroup.PORTS, "N", "50080"),
  ADMIN_HOST(SettingGroup.PORTS, "HOST", "127.0.0.1"),
  DRAIN_TIMEOUT(SettingGroup.PORTS, "TIME", "20s"),
  DRAIN_WAIT(SettingGroup.PORTS, "TIME", "0s"),

  TLS_CERT(SettingGroup.ACCESS, "FILE", ""),
  TLS_KEY(SettingGroup.ACCESS, "FILE", ""),
  TLS_CLIENT_CA(SettingGroup.ACCESS, "FILE", ""),
  ACCESS_FILE(SettingGroup.ACCESS, "FILE", ""),
  REFLECTION(SettingGroup.ACCESS, "true|false", "true"),
  CHANNELZ(SettingGroup.ACCESS, "true|false", "false"),
  OPEN_HEALTH(SettingGroup.ACCESS, "true|false", "true"),
  HASH_IDS(SettingGroup.ACCESS, "true|false", "false"),

  DB_URL(SettingGroup.DATABASE, "URL", EmbeddedCities.DATABASE.url()),
  DB_USER(SettingGroup.DATABASE, "NAME", ""),
  DB_PASSWORD_FILE(SettingGroup.DATABASE, "FILE", ""),
  QUERY(SettingGroup.DATABASE, "SQL", EmbeddedCities.LOOKUP.query().toString()),
  KEY_COLUMN(SettingGroup.DATABASE, "NAME", "id"),
  KEY_TYPE(SettingGroup.DATABASE, "TYPE", "bigint"),
  VERSION_COLUMN(SettingGroup.DATABASE, "NAME", ""),
  POOL_SIZE(SettingGroup.DATABASE, "N", "8"),
  CONNECT_TIMEOUT(SettingGroup.DATABASE, "TIME", "1s"),
  LOAD_TIMEOUT(SettingGroup.DATABASE, "TIME", "5s"),
  MAX_IDS_PER_QUERY(SettingGroup.DATABASE, "N", "256"),
  MAX_ROW_BYTES(SettingGroup.DATABASE, "BYTES", "1MiB"),
  MAX_ROWS(SettingGroup.DATABASE, "N", "1000"),
  MAX_QUERY_BYTES(SettingGroup.DATABASE, "BYTES", ""),

  TTL(SettingGroup.CACHE, "TIME", "60s"),
  NEGATIVE_TTL(SettingGroup.CACHE, "TIME", "5s"),
  TTL_JITTER(SettingGroup.CACHE, "SHARE", "0.1"),
  REFRESH_AFTER(SettingGroup.CACHE, "TIME", ""),
  EARLY_REFRESH(SettingGroup.CACHE, "FACTOR", "1"),
  STALE_ON_ERROR(SettingGroup.CACHE, "TIME", "0s"),
  STALE_ON_DISCONNECT(SettingGroup.CACHE, "TIME", "2s"),
  CACHE_BYTES(SettingGroup.CACHE, "BYTES", ""),
  NEGATIVE_CACHE_BYTES(SettingGroup.CACHE, "BYTES", ""),
  SWITCH(SettingGroup.CACHE, "on|off|memory-only|N%", "on"),
  AUDIT(SettingGroup.CACHE, "N/s", "0/s"),
  AUDIT_DROP(SettingGroup.CACHE, "true|false", "false"),

  LISTEN(SettingGroup.CHANGES, "true|false", "false"),
  LISTEN_HEARTBEAT(SettingGroup.CHANGES, "TIME", "1s"),
  LISTEN_TABLE(SettingGroup.CHANGES, "NAME", ""),

  REDIS_URL(SettingGroup.INSTANCES, "URL", ""),
  REDIS_USER(SettingGroup.INSTANCES, "NAME", ""),
  REDIS_PASSWORD_FILE(SettingGroup.INSTANCES, "FILE", ""),
  REDIS_PREFIX(SettingGroup.INSTANCES, "TEXT", "loadonce"),
  REDIS_TIMEOUT(SettingGroup.INSTANCES, "TIME", "50ms"),
  REDIS_MAX_VALUE_BYTES(SettingGroup.INSTANCES, "BYTES", "64KiB"),
  REDIS_CA(SettingGroup.INSTANCES, "FILE", ""),

  CALL_TIMEOUT(SettingGroup.CALLERS, "TIME", "10s"),
  MAX_QUEUE_TIME(SettingGroup.CALLERS, "TIME", "1s"),
  MAX_WAITERS_PER_ID(SettingGroup.CALLERS, "N", "10000"),
  MAX_WAITERS(SettingGroup.CALLERS, "N", "50000"),
  MAX_REPLY_BYTES(SettingGroup.CALLERS, "BYTES", ""),
  UNREAD_TIMEOUT(SettingGroup.CALLERS, "TIME", "10s"),
  MAX_REQUEST_BYTES(SettingGroup.CALLERS, "BYTES", "512KiB"),
  MAX_METADATA_BYTES(SettingGroup.CALLERS, "BYTES", "8KiB"),
  MAX_CALLS_PER_CONNECTION(SettingGroup.CALLERS, "N", "1000"),
  MAX_CONNECTIONS(SettingGroup.CALLERS, "N", "10000"),
  MAX_CONNECTIONS_PER_PEER(SettingGroup.CALLERS, "N", "10000"),
  MAX_CONNECTION_IDLE(SettingGroup.CALLERS, "TIME", "5m"),
  MAX_CONNECTION_AGE(SettingGroup.CALLERS, "TIME", "0s"),
  MAX_CONNECTION_AGE_GRACE(SettingGroup.CALLERS, "TIME", "20s"),

  LOG_FORMAT(SettingGroup.LOG, "text|json", "text"),
  LOG_LEVEL(SettingGroup.LOG, "error|warn|info|debug", "info"),
  SLOW_LOAD(SettingGroup.LOG, "TIME", "1s"),

  TRACE_ENDPOINT(SettingGroup.TRACES, "URL", ""),
  TRACE_RATIO(SettingGroup.TRACES, "SHARE", "0.01");

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

  Setting(SettingGroup group, String unit, String defaultText) {
    this.group = group;
    this.unit = unit;
    this.defaultText = defaultText;
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

  /** Returns what the setting does, its unit, and when to change it. */
  public String description() {
    return Descriptions.TEXTS.getProperty(key(), "");
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
          NEGATIVE_CACHE_BYTES,
          SWITCH ->
          Scope.EACH_LOOKUP;
      default -> Scope.PROCESS;
    };
  }

  /** Returns whether a running service takes over a new value of its file, at SIGHUP. */
  public boolean changesWhileRunning() {
    return switch (this) {
      case TTL,
          NEGATIVE_TTL,
          TTL_JITTER,
          REFRESH_AFTER,
          EARLY_REFRESH,
          STALE_ON_ERROR,
          CACHE_BYTES,
          NEGATIVE_CACHE_BYTES,
          SWITCH,
          AUDIT,
          AUDIT_DROP,
          MAX_QUEUE_TIME,
          LOG_LEVEL,
          SLOW_LOAD ->
          true;
      default -> false;
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

  /** The descriptions, which stand in a file of their own. */
  private static final class Descriptions {
    private static final String FILE = "descriptions.properties";
    private static final Properties TEXTS = read();

    private static Properties read() {
      Properties texts = new Properties();
      try (InputStream file =
              Objects.requireNonNull(Setting.class.getResourceAsStream(FILE), FILE);
          Reader text = new InputStreamReader(file, StandardCharsets.UTF_8)) {
        texts.load(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return texts;
    }
  }
}
