package io.loadonce.db.feed;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens to a table of an H2 database in the memory of this process, with a trigger that is made
 * for each subscription and dropped with it. No other process can open such a database, so a
 * trigger that needs a class of ours harms no other client. TRUNCATE runs no triggers and is not
 * reported.
 */
final class H2ChangeFeed implements ChangeFeed {

  /*
   * A trigger of H2 runs before the commit. If it reported the change at once:
   *
   *   1  W  updates the row; the trigger reports it, the row is removed from the cache
   *   2  L  loads the row: still the old one, since W has not committed, and caches it
   *   3  W  commits, and nothing is reported any more
   *
   * So the trigger writes the id into a table, in the transaction of the writer, and the
   * listener reads that table: the line can be seen when the change can be, and never if it was
   * rolled back.
   */

  private static final AtomicLong SUBSCRIPTIONS = new AtomicLong();

  private final Database database;
  private final ChangedTable table;
  private final KeyColumns key;

  H2ChangeFeed(Database database, ChangedTable table, KeyColumns key) {
    this.database = database;
    this.table = table;
    this.key = key;
  }

  @Override
  public Subscription subscribe() throws SourceException {
    String name = H2ChangeTrigger.OUTBOX + SUBSCRIPTIONS.incrementAndGet();
    String outbox = table.schemaPrefix() + name;
    // What the trigger needs to know stands in its name.
    String trigger =
        "%s\"%s:%s\"".formatted(table.schemaPrefix(), name, table.keyColumn().replace("\"", ""));
    try {
      Connection connection = database.connect("loadonce-listen");
      Subscription subscription = new H2Subscription(connection, outbox, trigger, key);
      boolean isConnected = false;
      try {
        listen(connection, outbox, trigger);
        isConnected = true;
        return subscription;
      } finally {
        if (!isConnected) {
          subscription.close();
        }
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  private void listen(Connection connection, String outbox, String trigger) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE %s (place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id VARCHAR)"
              .formatted(outbox));
      H2ChangeTrigger.open(outbox);
      statement.execute(
          "CREATE TRIGGER %s AFTER INSERT, UPDATE, DELETE ON %s FOR EACH ROW CALL '%s'"
              .formatted(trigger, table.name(), H2ChangeTrigger.class.getName()));
    }
  }
}
