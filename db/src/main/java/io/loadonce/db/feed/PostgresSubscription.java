package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

  private static final String REQUEST = "SELECT pg_notify(?, ?)";

  private final Connection connection;
  private final PostgresTables tables;
  private final String heartbeats;
  private final PostgresPayload payload;

  /** What the last check of the tables has found. */
  private final List<Change> pending = new ArrayList<>();

  /**
   * @param heartbeats the channel of this connection's own heartbeats
   */
  PostgresSubscription(
      Connection connection, PostgresTables tables, String heartbeats, PostgresPayload payload) {
    this.connection = connection;
    this.tables = tables;
    this.heartbeats = heartbeats;
    this.payload = payload;
  }

  @Override
  public void requestHeartbeat(long number) throws SourceException {
    try (PreparedStatement statement = connection.prepareStatement(REQUEST)) {
      pending.addAll(tables.check());
      statement.setString(1, heartbeats);
      statement.setString(2, Long.toString(number));
      statement.execute();
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public List<Change> poll(Duration timeout) throws SourceException {
    try {
      // Zero would mean for ever.
      int millis = pending.isEmpty() ? (int) Math.max(1, timeout.toMillis()) : 1;
      PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(millis);
      List<Change> changes = new ArrayList<>(pending);
      pending.clear();
      if (received != null) {
        for (PGNotification notification : received) {
          String text = notification.getParameter();
          if (notification.getName().equals(heartbeats)) {
            changes.add(PostgresPayload.heartbeat(text));
          } else {
            changes.addAll(payload.read(text));
          }
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
}
