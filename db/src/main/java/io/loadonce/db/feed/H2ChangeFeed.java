package io.loadonce.db.feed;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

  private final FeedConnection connection;
  private final List<WatchedLookup> lookups;

  H2ChangeFeed(Database database, List<WatchedLookup> lookups) {
    this.connection = new FeedConnection(database);
    this.lookups = List.copyOf(lookups);
  }

  /** Does nothing: this database is in our process, and a subscription tells what is wrong. */
  @Override
  public void check() {}

  @Override
  public Subscription subscribe() throws SourceException {
    return connection.subscribe(this::listen);
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
      LookupSettings lookup = watched.lookup();
      for (ChangedTable table : watched.tables()) {
        String problem = problem(connection, watched, table);
        if (problem != null) {
          this.connection.warn(List.of(FeedConnection.invalidatesAll(lookup, table, problem)));
        }
        watchers
            .computeIfAbsent(table, _ -> new ArrayList<>())
            .add(new Watcher(lookup.name(), lookup.key(), /* isByKey= */ problem == null));
      }
    }
    return watchers;
  }

  /** Returns why a reported key may have another text than the key in the cache; null if not. */
  private static @Nullable String problem(
      Connection connection, WatchedLookup watched, ChangedTable table) throws SQLException {
    LookupSettings lookup = watched.lookup();
    List<@Nullable KeyOrigin> origins = KeyOrigin.of(connection, lookup);
    for (int i = 0; i < origins.size(); i++) {
      KeyOrigin origin = origins.get(i);
      String column = table.plainColumns().get(i);
      boolean isSameColumn =
          origin != null
              && origin.table().equalsIgnoreCase(table.plainName())
              && origin.column().equalsIgnoreCase(column);
      if (origin == null || (watched.isByQuery() && !isSameColumn)) {
        return "the key column %s of its query is not known to be a column of a table as it is"
            .formatted(lookup.key().get(i).name());
      }
      KeyType key = lookup.key().get(i).type();
      if (!hasOneText(connection, table, i, key)) {
        return "the type of the column %s may have several texts for a key of type %s"
            .formatted(column, key);
      }
      String ofJoin = isSameColumn ? null : origin.problemOfJoin(lookup, i, table);
      if (ofJoin != null) {
        return ofJoin;
      }
    }
    return null;
  }

  private static boolean hasOneText(Connection connection, ChangedTable table, int i, KeyType key)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(noRows(table))) {
      int type = statement.getMetaData().getColumnType(i + 1);
      return switch (key) {
        case BIGINT, INT, SMALLINT -> INTEGERS.contains(type);
        case NUMERIC -> INTEGERS.contains(type) || type == Types.NUMERIC;
        case DATE -> type == Types.DATE;
        case TEXT -> type == Types.VARCHAR;
        case CHAR -> type == Types.CHAR || type == Types.VARCHAR;
        case ENUM, UUID -> true;
      };
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
