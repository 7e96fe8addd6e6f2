package io.loadonce.db.jdbc;

import io.loadonce.db.InvalidSettingException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks a JDBC URL. A driver may load classes, run scripts and write files that its URL names. So
 * H2, PostgreSQL and MariaDB have a list of the parameters that are allowed, and other drivers a
 * list of those that are refused.
 */
final class JdbcUrl {

  private static final String KEY = "db-url";
  private static final String H2 = "jdbc:h2:";
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String READ_ONLY_MODE = "readOnlyMode";

  /** Makes each transaction of a session of PostgreSQL read-only. */
  static final String READ_ONLY_OPTION = "-c default_transaction_read_only=on";

  private static final Pattern OPTIONS = Pattern.compile("([?&]options=[^&]*)");
  private static final String MARIADB = "jdbc:mariadb:";

  /** A user, and perhaps a password, in front of the host. */
  private static final Pattern LOGIN = Pattern.compile("//[^/?]*@");

  /** A database in this process: in memory, or in a file. */
  private static final Pattern H2_PLACE = Pattern.compile("mem:\\w*|(file:)?([A-Za-z]:)?[^:]+");

  private static final Set<String> H2_KEYS =
      Set.of(
          "ACCESS_MODE_DATA",
          "CACHE_SIZE",
          "CASE_INSENSITIVE_IDENTIFIERS",
          "DATABASE_TO_LOWER",
          "DATABASE_TO_UPPER",
          "DB_CLOSE_DELAY",
          "DB_CLOSE_ON_EXIT",
          "IFEXISTS",
          "IGNORECASE",
          "LOCK_TIMEOUT",
          "MODE",
          "NON_KEYWORDS",
          "TIME ZONE");

  private static final Set<String> POSTGRESQL_KEYS =
      Set.of(
          "ApplicationName",
          "assumeMinServerVersion",
          "binaryTransfer",
          "binaryTransferDisable",
          "binaryTransferEnable",
          "cancelSignalTimeout",
          "channelBinding",
          "connectTimeout",
          "currentSchema",
          "gssEncMode",
          "hostRecheckSeconds",
          "loadBalanceHosts",
          "loginTimeout",
          "maxResultBuffer",
          "options",
          "prepareThreshold",
          "preparedStatementCacheQueries",
          "preparedStatementCacheSizeMiB",
          "readOnlyMode",
          "receiveBufferSize",
          "sendBufferSize",
          "socketTimeout",
          "ssl",
          "sslNegotiation",
          "sslResponseTimeout",
          "sslcert",
          "sslkey",
          "sslmode",
          "sslrootcert",
          "stringtype",
          "targetServerType",
          "tcpKeepAlive",
          "tcpNoDelay");

  /**
   * None that changes how values are read, since the forms of columns need the driver's defaults.
   */
  private static final Set<String> MARIADB_KEYS =
      Set.of(
          "cachePrepStmts",
          "connectTimeout",
          "connectionCollation",
          "disconnectOnExpiredPasswords",
          "enabledSslCipherSuites",
          "enabledSslProtocolSuites",
          "fallbackToSystemTrustStore",
          "galeraAllowedState",
          "maxAllowedPacket",
          "prepStmtCacheSize",
          "restrictedAuth",
          "retriesAllDown",
          "serverSslCert",
          "socketTimeout",
          "sslMode",
          "tcpKeepAlive",
          "tcpKeepCount",
          "tcpKeepIdle",
          "tcpKeepInterval",
          "trustStore",
          "trustStoreType",
          "useCompression",
          "useServerPrepStmts");

  /** One host or several with their ports; the form address=(…) may name local files. */
  private static final Pattern MARIADB_PLACE =
      Pattern.compile("jdbc:mariadb:(\\w+:)?//[\\w.:,\\[\\]-]*(/[^?()]*)?(\\?.*)?");

  /**
   * In lower case; most are parameters of the driver of MySQL. With permitMysqlScheme, the driver
   * of MariaDB would accept a URL of MySQL and escape its own list.
   */
  private static final Set<String> REFUSED_KEYS =
      Set.of(
          "allowloadlocalinfile",
          "allowloadlocalinfileinpath",
          "allowlocalinfile",
          "allowmultiqueries",
          "allowurlinlocalinfile",
          "authenticationplugins",
          "autodeserialize",
          "connectionlifecycleinterceptors",
          "exceptioninterceptors",
          "logger",
          "password",
          "permitmysqlscheme",
          "propertiestransform",
          "queryinterceptors",
          "serverrsapublickeyfile",
          "socketfactory",
          "sslsocketfactory",
          "statementinterceptors");

  private JdbcUrl() {}

  /**
   * Returns {@code url} if it is safe to open and a driver accepts it. Never connects.
   *
   * @throws InvalidSettingException otherwise; names the key of the URL that is refused and never
   *     its value
   */
  static String check(String url) {
    if (!url.startsWith("jdbc:") || url.indexOf(':', "jdbc:".length()) < 0) {
      throw new InvalidSettingException(
          KEY, "not a JDBC URL; write it like jdbc:postgresql://host:5432/database");
    }
    if (url.startsWith(H2)) {
      checkH2(url.substring(H2.length()));
      return url;
    }
    if (LOGIN.matcher(url).find()) {
      throw new InvalidSettingException(
          KEY, "must not contain a user or a password; set db-user and db-password-file");
    }
    checkDriver(url);
    if (isPostgresql(url)) {
      checkParameters(url, "PostgreSQL", POSTGRESQL_KEYS);
      checkReadOnlyMode(url);
      return url;
    }
    if (url.startsWith(MARIADB)) {
      if (!MARIADB_PLACE.matcher(url).matches()) {
        throw new InvalidSettingException(
            KEY, "a MariaDB URL must be like jdbc:mariadb://host:3306/database");
      }
      checkParameters(url, "MariaDB", MARIADB_KEYS);
      return url;
    }
    for (String key : url.split("[?&;,()]", -1)) {
      if (REFUSED_KEYS.contains(name(key).toLowerCase(Locale.ROOT))) {
        throw refused(name(key), "a JDBC URL");
      }
    }
    return url;
  }

  static boolean isPostgresql(String url) {
    return url.startsWith(POSTGRESQL);
  }

  static boolean isMariadb(String url) {
    return url.startsWith(MARIADB) || url.startsWith("jdbc:mysql:");
  }

  static boolean isH2InMemory(String url) {
    return url.startsWith(H2 + "mem:");
  }

  /**
   * Returns the value of a parameter as it stands in a URL of PostgreSQL; null if there is none.
   */
  static @Nullable String parameter(String url, String name) {
    int question = url.indexOf('?');
    if (question < 0) {
      return null;
    }
    for (String part : url.substring(question + 1).split("&", -1)) {
      if (name(part).equals(name)) {
        return part.substring(part.indexOf('=') + 1).strip();
      }
    }
    return null;
  }

  /** Returns whether each statement is a read-only transaction of its own. */
  static boolean isReadOnlyByTransaction(String url) {
    return isPostgresql(url) && "transaction".equals(parameter(url, READ_ONLY_MODE));
  }

  /** Returns whether sessions are opened with {@link #READ_ONLY_OPTION}. */
  static boolean isReadOnlyByOption(String url) {
    return isPostgresql(url) && parameter(url, READ_ONLY_MODE) == null;
  }

  /** Returns the URL with {@link #READ_ONLY_OPTION}, if it has other options for the session. */
  static String readOnly(String url) {
    return isReadOnlyByOption(url)
        ? OPTIONS
            .matcher(url)
            .replaceFirst("$1%20" + READ_ONLY_OPTION.replace(" ", "%20").replace("=", "%3D"))
        : url;
  }

  private static void checkReadOnlyMode(String url) {
    if ("always".equals(parameter(url, READ_ONLY_MODE))) {
      throw new InvalidSettingException(
          KEY,
          "readOnlyMode=always is not allowed, since behind a pooler it makes other applications"
              + " read-only; leave it out, or behind a pooler set readOnlyMode=transaction");
    }
  }

  private static void checkH2(String rest) {
    List<String> parts = List.of(rest.split(";", -1));
    if (!H2_PLACE.matcher(parts.getFirst()).matches() || rest.contains("\\")) {
      throw new InvalidSettingException(
          KEY,
          "an H2 URL must name a database in this process: jdbc:h2:mem:name or jdbc:h2:file:path");
    }
    for (String part : parts.subList(1, parts.size())) {
      String key = name(part).toUpperCase(Locale.ROOT);
      if (!key.isEmpty() && !H2_KEYS.contains(key)) {
        throw refused(key, "an H2 URL");
      }
    }
  }

  private static void checkParameters(String url, String database, Set<String> allowed) {
    int question = url.indexOf('?');
    if (question < 0) {
      return;
    }
    for (String part : url.substring(question + 1).split("&", -1)) {
      if (!name(part).isEmpty() && !allowed.contains(name(part))) {
        throw refused(name(part), "a " + database + " URL");
      }
    }
  }

  private static void checkDriver(String url) {
    try {
      DriverManager.getDriver(url);
    } catch (SQLException _) {
      String scheme = url.substring(0, url.indexOf(':', "jdbc:".length()) + 1);
      throw new InvalidSettingException(
          KEY,
          "no JDBC driver accepts this "
              + scheme
              + " URL; put the jar of its driver into the folder drivers beside ./loadonce"
              + " (in the container: /opt/loadonce/drivers)");
    }
  }

  private static String name(String part) {
    int equals = part.indexOf('=');
    return (equals < 0 ? part : part.substring(0, equals)).strip();
  }

  private static InvalidSettingException refused(String key, String where) {
    String hint =
        key.toLowerCase(Locale.ROOT).matches("user|password")
            ? "; set db-user and db-password-file"
            : "";
    String shown = key.length() > 40 ? key.substring(0, 40) + "…" : key;
    return new InvalidSettingException(KEY, shown + " is not allowed in " + where + hint);
  }
}
