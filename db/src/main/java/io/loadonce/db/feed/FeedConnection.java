package io.loadonce.db.feed;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the connections of subscriptions, and logs each warning once. For any thread. */
final class FeedConnection {

  private static final Logger log = LoggerFactory.getLogger(FeedConnection.class);

  /** Begins a subscription over a connection, which it closes at its end. */
  interface Listen {
    ChangeFeed.Subscription over(Connection connection) throws SQLException;
  }

  private final Database database;

  /** The warnings that are in the log already. */
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  FeedConnection(Database database) {
    this.database = database;
  }

  /** Opens a connection outside the pool, which the caller closes. */
  Connection open() throws SQLException {
    return database.connect("loadonce-listen");
  }

  /**
   * Opens a connection and subscribes over it; closes it if that fails. Blocks for the connect
   * time-out and as long as {@code listen} does.
   *
   * @throws SourceException if the database cannot be reached or refuses the subscription
   */
  ChangeFeed.Subscription subscribe(Listen listen) throws SourceException {
    try {
      Connection connection = open();
      ChangeFeed.Subscription subscription = null;
      try {
        subscription = listen.over(connection);
        return subscription;
      } finally {
        if (subscription == null) {
          connection.close();
        }
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  void warn(List<String> warnings) {
    warnings.stream().filter(warned::add).forEach(log::warn);
  }

  /** Returns the warning that single rows of a lookup cannot be invalidated. */
  static String invalidatesAll(LookupSettings lookup, ChangedTable table, String reason) {
    return "the lookup %s: each change of a row of %s invalidates all entries, since %s"
        .formatted(lookup.name(), table.name(), reason);
  }
}
