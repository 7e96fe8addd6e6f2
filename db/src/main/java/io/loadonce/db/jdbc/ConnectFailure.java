package io.loadonce.db.jdbc;

import io.loadonce.db.OneLine;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;

/** Describes for the log why a connection could not be opened. Never contains the password. */
final class ConnectFailure {

  /** SQLState class 28, "invalid authorization specification". */
  private static final String AUTHORIZATION = "28";

  private static final Pattern SCHEME = Pattern.compile("jdbc:[a-z0-9]+:(//)?");
  private static final Pattern PARAMETERS = Pattern.compile("[?;].*", Pattern.DOTALL);

  /** How PgBouncer refuses what it cannot keep apart for its clients. */
  private static final Pattern STARTUP_PARAMETER =
      Pattern.compile("unsupported startup parameter.*options");

  private static final int MAX_BYTES = 330;

  private ConnectFailure() {}

  /** Returns whether the database has refused the user or the password. */
  static boolean isRefusedLogin(SQLException failure) {
    return state(failure).startsWith(AUTHORIZATION);
  }

  /** One line: what failed, at which database, as which user, the message of the driver. */
  static String describe(String url, Properties properties, SQLException failure) {
    String message = message(failure);
    String password = properties.getProperty("password", "");
    if (!password.isEmpty()) {
      message = message.replace(password, "****");
    }
    String user = properties.getProperty("user", "");
    return OneLine.of(
        "%s to %s%s failed: %s (%s)%s"
            .formatted(
                isRefusedLogin(failure) ? "login" : "connection",
                database(url),
                user.isEmpty() ? "" : " as " + user,
                message,
                state(failure),
                hint(message)),
        MAX_BYTES);
  }

  /** The host, port and name of the database: the URL without its scheme and its parameters. */
  static String database(String url) {
    return PARAMETERS.matcher(SCHEME.matcher(url).replaceFirst("")).replaceFirst("");
  }

  /** The words of the driver, and of the system below it if the driver leaves them out. */
  private static String message(SQLException failure) {
    String message = String.valueOf(failure.getMessage());
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof UnknownHostException) {
      return message + " There is no host " + cause.getMessage();
    }
    String words = String.valueOf(cause.getMessage());
    return cause.getMessage() == null || message.contains(words) ? message : message + " " + words;
  }

  private static String hint(String message) {
    return STARTUP_PARAMETER.matcher(message).find()
        ? "; behind a pooler, db-url needs readOnlyMode=transaction"
        : "";
  }

  private static String state(SQLException failure) {
    return String.valueOf(failure.getSQLState());
  }
}
