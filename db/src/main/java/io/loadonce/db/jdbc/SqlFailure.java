package io.loadonce.db.jdbc;

import io.loadonce.db.source.SourceException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Tells by its SQLState whether an SQLException means an outage, a wrong query or a wrong row. */
public final class SqlFailure {

  public static final String UNREACHABLE =
      "the database cannot be reached or did not answer in time";

  /** Connection, serialization or standby conflict, resources, operator intervention, system. */
  private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "40", "53", "57", "58");

  /** H2: broken, closing, closed, in use elsewhere, lock timeout. JDBC: connection timeout. */
  private static final Set<String> UNAVAILABLE_STATES =
      Set.of("90067", "90098", "90121", "90020", "HYT00", "HYT01", "55P03");

  /** The server ends or has crashed, the session was idle for too long. */
  private static final Set<String> LOST_STATES = Set.of("57P01", "57P02", "57P05");

  /** The session has, or lacks, a statement of the name that the driver uses. */
  private static final Set<String> NAME_STATES = Set.of("42P05", "26000");

  /** A subquery with several rows, of H2; others say it with class 21. */
  private static final String SEVERAL_ROWS = "90053";

  private SqlFailure() {}

  public static SourceException of(SQLException failure) {
    String state = state(failure);
    if (isUnavailable(failure, state)) {
      return new SourceException.Unavailable(UNREACHABLE, failure);
    }
    return new SourceException.QueryFailed(
        "the database rejected the query" + (state.isEmpty() ? "" : " (SQLState " + state + ")"),
        failure);
  }

  /**
   * Returns whether one row or one id caused the failure, and not the query: a value that cannot be
   * computed, or a subquery that has several rows instead of one.
   */
  public static boolean dependsOnRow(SQLException failure) {
    String state = state(failure);
    return state.startsWith("22") || state.startsWith("21") || state.equals(SEVERAL_ROWS);
  }

  /** Returns whether a text is no value of its type: 22P02 of PostgreSQL, 22030 of H2. */
  static boolean isInvalidText(SQLException failure) {
    return state(failure).equals("22P02") || state(failure).equals("22030");
  }

  public static boolean isCancelled(SQLException failure) {
    return state(failure).equals("57014");
  }

  /**
   * Returns whether the same statement may succeed on another connection: this one was lost, or a
   * pooler has passed the statement to a session that does not know its name.
   */
  static boolean mayWorkElsewhere(SQLException failure) {
    String state = state(failure);
    return state.startsWith("08")
        || LOST_STATES.contains(state)
        || isAboutAName(failure)
        || failure instanceof SQLNonTransientConnectionException;
  }

  /**
   * Returns whether the session of PostgreSQL has, or lacks, a statement of the name that the
   * driver uses. It may be the statement which begins the transaction, and so be a cause.
   */
  static boolean isAboutAName(SQLException failure) {
    return NAME_STATES.contains(state(failure))
        || (failure.getCause() instanceof SQLException cause && NAME_STATES.contains(state(cause)));
  }

  private static boolean isUnavailable(SQLException failure, String state) {
    return (state.length() == 5 && UNAVAILABLE_CLASSES.contains(state.substring(0, 2)))
        || UNAVAILABLE_STATES.contains(state)
        || isAboutAName(failure)
        || failure instanceof SQLTransientException
        || failure instanceof SQLTimeoutException
        || failure instanceof SQLRecoverableException
        || failure instanceof SQLNonTransientConnectionException;
  }

  private static String state(SQLException failure) {
    String state = failure.getSQLState();
    return state == null ? "" : state;
  }
}
