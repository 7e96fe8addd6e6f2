package io.loadonce.db.feed;

import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.source.SourceException;
import java.sql.Array;
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
import org.jspecify.annotations.Nullable;

/** Reads, again and again, the table into which {@link H2ChangeTrigger}s write, and empties it. */
final class H2Subscription implements ChangeFeed.Subscription {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  /** The most that is read at a time; the rest is read next. */
  private static final int MAX_LINES = 10_000;

  private final Connection connection;
  private final String outbox;
  private final List<String> triggers;
  private final List<List<Watcher>> watchers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Change> heartbeats = new ArrayList<>();

  /**
   * @param outbox the table, and {@code triggers} what writes into it, as SQL has them
   * @param watchers the lookups that watch the table of each trigger
   */
  H2Subscription(
      Connection connection, String outbox, List<String> triggers, List<List<Watcher>> watchers) {
    this.connection = connection;
    this.outbox = outbox;
    this.triggers = triggers;
    this.watchers = watchers;
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
      for (String trigger : triggers) {
        statement.execute("DROP TRIGGER IF EXISTS " + trigger);
      }
      statement.execute("DROP TABLE IF EXISTS " + outbox);
    } catch (SQLException _) {
      // The database is gone, or the table is locked; a trigger that stays writes nothing any more.
    }
  }

  /** What was committed since the last look, and the heartbeat if there is no more than that. */
  private List<Change> look() throws SQLException {
    List<Change> changes = new ArrayList<>();
    List<Long> read = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet lines =
            statement.executeQuery(
                "SELECT line, place, parts FROM %s ORDER BY line LIMIT %d"
                    .formatted(outbox, MAX_LINES))) {
      while (lines.next()) {
        read.add(lines.getLong(1));
        changes.addAll(rows(lines.getInt(2), lines.getArray(3)));
      }
    }
    if (!read.isEmpty()) {
      remove(read);
    }
    if (read.size() < MAX_LINES) {
      changes.addAll(heartbeats);
      heartbeats.clear();
    }
    return changes;
  }

  /** By their numbers: others may have been committed meanwhile, also in front of them. */
  private void remove(List<Long> read) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + outbox + " WHERE line = ANY(CAST(? AS BIGINT ARRAY))")) {
      delete.setArray(1, connection.createArrayOf("BIGINT", read.toArray()));
      delete.executeUpdate();
    }
  }

  private List<Change> rows(int place, Array key) throws SQLException {
    List<@Nullable String> parts = new ArrayList<>();
    for (Object part : (Object[]) key.getArray()) {
      parts.add((String) part);
    }
    List<Change> changes = new ArrayList<>();
    for (Watcher watcher : watchers.get(place)) {
      Change change = watcher.row(parts);
      if (change != null) {
        changes.add(change);
      }
    }
    return changes;
  }
}
