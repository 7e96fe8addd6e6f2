package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.random.RandomGenerator;

/** Listens to what the triggers of {@link PostgresTriggers} report. */
final class PostgresChangeFeed implements ChangeFeed {

  private final FeedConnection connection;
  private final List<WatchedLookup> lookups;

  PostgresChangeFeed(Database database, List<WatchedLookup> lookups) {
    this.connection = new FeedConnection(database);
    this.lookups = List.copyOf(lookups);
  }

  @Override
  public void check() throws SourceException {
    try (Connection opened = connection.open()) {
      opened.setReadOnly(true);
      WatchedTables watched = WatchedTables.of(opened, lookups);
      for (InvalidSettingException problem : watched.problems().values()) {
        throw problem;
      }
      connection.warn(watched.warnings());
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public Subscription subscribe() throws SourceException {
    try {
      return connection.subscribe(this::listen);
    } catch (InvalidSettingException e) {
      throw new SourceException.QueryFailed(String.valueOf(e.getMessage()), e);
    }
  }

  private Subscription listen(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    WatchedTables watched = WatchedTables.of(connection, lookups);
    this.connection.warn(watched.warnings());
    String heartbeats =
        "loadonce_heartbeat_" + Long.toHexString(RandomGenerator.getDefault().nextLong());
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + PostgresTriggers.CHANNEL + "; LISTEN " + heartbeats);
    }
    return new PostgresSubscription(
        connection,
        new PostgresTables(connection, lookups, watched),
        heartbeats,
        new PostgresPayload(watched.watchers()));
  }
}
