package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * A connection that listens. The heartbeat is a notification to ourselves: PostgreSQL delivers
 * notifications in the order of their commits, so all changes that were committed before the
 * request have arrived when the heartbeat arrives. A connection pooler would lose the
 * notifications; it loses the heartbeat as well, so that this is noticed.
 */
final class PostgresSubscription implements ChangeFeed.Subscription {

  private static final String REQUEST =
      "SELECT pg_notify(?, ?), (SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(?)"
          + " AND tgenabled IN ('O', 'A') AND tgname IN ('"
          + String.join("', '", PostgresTriggers.NAMES)
          + "'))";

  private final Connection connection;
  private final ChangedTable table;
  private final String heartbeats;
  private final PostgresPayload payload;

  /**
   * @param heartbeats the channel of this connection's own heartbeats
   */
  PostgresSubscription(
      Connection connection, ChangedTable table, String heartbeats, PostgresPayload payload) {
    this.connection = connection;
    this.table = table;
    this.heartbeats = heartbeats;
    this.payload = payload;
  }

  @Override
  public void requestHeartbeat(long number) throws SourceException {
    try (PreparedStatement statement = connection.prepareStatement(REQUEST)) {
      statement.setString(1, heartbeats);
      statement.setString(2, Long.toString(number));
      statement.setString(3, table.name());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        requireTriggers(row.getInt(2));
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public List<Change> poll(Duration timeout) throws SourceException {
    try {
      // Zero would mean for ever.
      int millis = (int) Math.max(1, timeout.toMillis());
      PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(millis);
      List<Change> changes = new ArrayList<>();
      if (received != null) {
        for (PGNotification notification : received) {
          changes.add(
              notification.getName().equals(heartbeats)
                  ? PostgresPayload.heartbeat(notification.getParameter())
                  : payload.read(notification.getParameter()));
        }
      }
      return changes;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException _) {
      // It is gone already.
    }
  }

  private void requireTriggers(int found) throws SourceException {
    if (found < PostgresTriggers.NAMES.size()) {
      throw new SourceException.QueryFailed(
          "no change triggers on %s: apply the output of `./loadonce sql triggers`"
              .formatted(table.name()),
          /* cause= */ null);
    }
  }
}
