package io.loadonce.db.feed;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Listens to what the triggers of {@link PostgresTriggers} say. */
final class PostgresChangeFeed implements ChangeFeed {

  private static final String PLACE =
      "SELECT n.nspname || '.' || c.relname FROM pg_class c"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)";

  private final Database database;
  private final ChangedTable table;
  private final KeyColumns key;

  PostgresChangeFeed(Database database, ChangedTable table, KeyColumns key) {
    this.database = database;
    this.table = table;
    this.key = key;
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
    }
  }

  private Subscription listen(Connection connection) throws SQLException, SourceException {
    connection.setReadOnly(true);
    String place = place(connection);
    if (place == null) {
      throw new SourceException.QueryFailed(
          "there is no table " + table.name() + " to listen to", /* cause= */ null);
    }
    String heartbeats =
        "loadonce_heartbeat_" + Long.toHexString(RandomGenerator.getDefault().nextLong());
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + PostgresTriggers.CHANNEL + "; LISTEN " + heartbeats);
    }
    return new PostgresSubscription(connection, table, heartbeats, new PostgresPayload(place, key));
  }

  /** The table as its triggers name it; null if there is none. */
  private @Nullable String place(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PLACE)) {
      statement.setString(1, table.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
