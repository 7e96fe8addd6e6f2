package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to what the triggers of {@link PostgresTriggers} report. */
final class PostgresChangeFeed implements ChangeFeed {

  private static final Logger log = LoggerFactory.getLogger(PostgresChangeFeed.class);

  private final Database database;
  private final List<WatchedLookup> lookups;

  /** The warnings that are in the log already. */
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  PostgresChangeFeed(Database database, List<WatchedLookup> lookups) {
    this.database = database;
    this.lookups = List.copyOf(lookups);
  }

  @Override
  public void check() throws SourceException {
    try (Connection connection = database.connect("loadonce-listen")) {
      connection.setReadOnly(true);
      warn(WatchedTables.of(connection, lookups));
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public Subscription subscribe() throws SourceException {
    try {
      Connection connection = database.connect("loadonce-listen");
      Subscription subscription = null;
      try {
        subscription = listen(connection);
        return subscription;
      } finally {
        if (subscription == null) {
          connection.close();
        }
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } catch (InvalidSettingException e) {
      throw new SourceException.QueryFailed(String.valueOf(e.getMessage()), e);
    }
  }

  private Subscription listen(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    WatchedTables watched = WatchedTables.of(connection, lookups);
    warn(watched);
    String heartbeats =
        "loadonce_heartbeat_" + Long.toHexString(RandomGenerator.getDefault().nextLong());
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + PostgresTriggers.CHANNEL + "; LISTEN " + heartbeats);
    }
    return new PostgresSubscription(
        connection,
        new PostgresTables(connection, watched),
        heartbeats,
        new PostgresPayload(watched.watchers()));
  }

  private void warn(WatchedTables watched) {
    watched.warnings().stream().filter(warned::add).forEach(log::warn);
  }
}
