package io.loadonce.db.feed;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.SqlFailure;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Listens to tables of an H2 database in the memory of this process, with triggers that are made
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
   * So the trigger writes the key into a table, in the transaction of the writer, and the
   * listener reads that table: the line can be seen when the change can be, and never if it was
   * rolled back.
   */

  private static final Set<Integer> INTEGERS =
      Set.of(Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT);

  private static final AtomicLong SUBSCRIPTIONS = new AtomicLong();

  private final Database database;
  private final List<WatchedLookup> lookups;

  H2ChangeFeed(Database database, List<WatchedLookup> lookups) {
    this.database = database;
    this.lookups = List.copyOf(lookups);
  }

  /** Does nothing: this database is in our process, and a subscription tells what is wrong. */
  @Override
  public void check() {}

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

  private Subscription listen(Connection connection) throws SQLException {
    Map<ChangedTable, List<Watcher>> watchers = watchers(connection);
    String outbox =
        "\"%s\".%s%d"
            .formatted(
                connection.getSchema(), H2ChangeTrigger.OUTBOX, SUBSCRIPTIONS.incrementAndGet());
    List<ChangedTable> tables = List.copyOf(watchers.keySet());
    List<String> triggers = new ArrayList<>();
    for (ChangedTable table : tables) {
      triggers.add(
          table.schemaPrefix() + '"' + H2ChangeTrigger.name(outbox, triggers.size()) + '"');
    }
    Subscription subscription =
        new H2Subscription(connection, outbox, triggers, List.copyOf(watchers.values()));
    boolean isConnected = false;
    try {
      create(connection, outbox, tables, triggers);
      isConnected = true;
      return subscription;
    } finally {
      if (!isConnected) {
        subscription.close();
      }
    }
  }

  private Map<ChangedTable, List<Watcher>> watchers(Connection connection) throws SQLException {
    Map<ChangedTable, List<Watcher>> watchers = new LinkedHashMap<>();
    for (WatchedLookup watched : lookups) {
      Watcher watcher =
          new Watcher(
              watched.lookup().name(), watched.lookup().key(), isByKey(connection, watched));
      for (ChangedTable table : watched.tables()) {
        watchers.computeIfAbsent(table, _ -> new ArrayList<>()).add(watcher);
      }
    }
    return watchers;
  }

  /**
   * Not for an expression or a column of a view, nor for a column that has another name in the
   * table or a type with several texts for one key.
   */
  private static boolean isByKey(Connection connection, WatchedLookup watched) throws SQLException {
    List<@Nullable KeyOrigin> origins = KeyOrigin.of(connection, watched.lookup());
    for (int i = 0; i < origins.size(); i++) {
      KeyOrigin origin = origins.get(i);
      String column = watched.tables().getFirst().plainColumns().get(i);
      if (origin == null || (watched.isByQuery() && !origin.column().equalsIgnoreCase(column))) {
        return false;
      }
    }
    for (ChangedTable table : watched.tables()) {
      if (!hasOneTextPerKey(connection, table, watched.lookup().key())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasOneTextPerKey(Connection connection, ChangedTable table, KeyColumns key)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(noRows(table))) {
      ResultSetMetaData columns = statement.getMetaData();
      for (int i = 0; i < key.size(); i++) {
        int type = columns.getColumnType(i + 1);
        boolean fits =
            switch (key.get(i).type()) {
              case BIGINT, INT, SMALLINT -> INTEGERS.contains(type);
              case NUMERIC -> INTEGERS.contains(type) || type == Types.NUMERIC;
              case DATE -> type == Types.DATE;
              case TEXT, CHAR, ENUM, UUID -> true;
            };
        if (!fits) {
          return false;
        }
      }
      return true;
    }
  }

  private static String noRows(ChangedTable table) {
    return "SELECT %s FROM %s WHERE FALSE"
        .formatted(String.join(", ", table.keyColumns()), table.name());
  }

  private static void create(
      Connection connection, String outbox, List<ChangedTable> tables, List<String> triggers)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          ("CREATE TABLE %s (line BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place INT,"
                  + " parts VARCHAR ARRAY)")
              .formatted(outbox));
      H2ChangeTrigger.open(outbox, tables.stream().map(ChangedTable::plainColumns).toList());
      for (int place = 0; place < tables.size(); place++) {
        ChangedTable table = tables.get(place);
        // Fails here, and not in the writers, if a column has another name.
        statement.execute(noRows(table));
        statement.execute(
            "CREATE TRIGGER %s AFTER INSERT, UPDATE, DELETE ON %s FOR EACH ROW CALL '%s'"
                .formatted(triggers.get(place), table.name(), H2ChangeTrigger.class.getName()));
      }
    }
  }
}
