package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads, again and again, the table into which {@link H2ChangeTrigger} writes, and empties it. */
final class H2Subscription implements ChangeFeed.Subscription {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  /** The most that is read at a time; the rest is read next. */
  private static final int MAX_LINES = 10_000;

  private final Connection connection;
  private final String outbox;
  private final String trigger;
  private final KeyColumns keyColumns;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Change> heartbeats = new ArrayList<>();

  /**
   * @param outbox the table, and {@code trigger} what writes into it, both as SQL has them
   */
  H2Subscription(Connection connection, String outbox, String trigger, KeyColumns keyColumns) {
    this.connection = connection;
    this.outbox = outbox;
    this.trigger = trigger;
    this.keyColumns = keyColumns;
  }

  @Override
  public void requestHeartbeat(long number) {
    heartbeats.add(new Change.Heartbeat(number));
  }

  @Override
  public List<Change> poll(Duration timeout) throws SourceException {
    long start = System.nanoTime();
    try {
      List<Change> changes = look();
      while (changes.isEmpty() && System.nanoTime() - start < timeout.toNanos()) {
        if (closed.await(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new SourceException.Unavailable("the subscription was closed", /* cause= */ null);
        }
        changes = look();
      }
      return changes;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SourceException.Unavailable("interrupted", e);
    }
  }

  @Override
  public void abort() {
    closed.countDown();
  }

  @Override
  public void close() {
    abort();
    H2ChangeTrigger.close(outbox);
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TRIGGER IF EXISTS " + trigger);
      statement.execute("DROP TABLE IF EXISTS " + outbox);
    } catch (SQLException _) {
      // The database is gone, or the table is locked; a trigger that stays writes nothing any more.
    }
  }

  /** What was committed since the last look, and the heartbeat if there is no more than that. */
  private List<Change> look() throws SQLException {
    List<Change> changes = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet lines =
            statement.executeQuery(
                "SELECT place, id FROM %s ORDER BY place LIMIT %d".formatted(outbox, MAX_LINES))) {
      while (lines.next()) {
        places.add(lines.getLong(1));
        changes.add(row(lines.getString(2)));
      }
    }
    if (!places.isEmpty()) {
      remove(places);
    }
    if (places.size() < MAX_LINES) {
      changes.addAll(heartbeats);
      heartbeats.clear();
    }
    return changes;
  }

  /** By their places: others may have been committed meanwhile, also in front of them. */
  private void remove(List<Long> places) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + outbox + " WHERE place = ANY(CAST(? AS BIGINT ARRAY))")) {
      delete.setArray(1, connection.createArrayOf("BIGINT", places.toArray()));
      delete.executeUpdate();
    }
  }

  private Change row(String key) {
    try {
      return new Change.Row(keyColumns.parse(key));
    } catch (InvalidIdException _) {
      return new Change.Unreadable();
    }
  }
}
