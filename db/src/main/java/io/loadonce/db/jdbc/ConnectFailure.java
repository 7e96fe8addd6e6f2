package io.loadonce.db.jdbc;

import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;

/** Describes for the log why a connection could not be opened. Never contains the password. */
final class ConnectFailure {

  /** SQLState class 28, "invalid authorization specification". */
  private static final String AUTHORIZATION = "28";

  private static final Pattern SCHEME = Pattern.compile("jdbc:[a-z0-9]+:(//)?");
  private static final Pattern PARAMETERS = Pattern.compile("[?;].*", Pattern.DOTALL);
  private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

  private ConnectFailure() {}

  /** One line: what failed, at which database, the message of the driver and its SQLState. */
  static String describe(String url, Properties properties, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    String message = String.valueOf(failure.getMessage());
    String password = properties.getProperty("password", "");
    if (!password.isEmpty()) {
      message = message.replace(password, "****");
    }
    message = LINE_BREAKS.matcher(message.strip()).replaceAll(" ");
    String user = properties.getProperty("user", "");
    return state.startsWith(AUTHORIZATION)
        ? "login to %s as %s failed: %s (%s)".formatted(database(url), user, message, state)
        : "connection to %s failed: %s (%s)".formatted(database(url), message, state);
  }

  /** The host, port and name of the database: the URL without its scheme and its parameters. */
  static String database(String url) {
    return PARAMETERS.matcher(SCHEME.matcher(url).replaceFirst("")).replaceFirst("");
  }
}
