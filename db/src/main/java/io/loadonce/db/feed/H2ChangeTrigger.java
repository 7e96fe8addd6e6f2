package io.loadonce.db.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.tools.TriggerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the keys of changed rows into a table, in the transaction that changes them. H2 makes it;
 * its name tells for which subscription and for which of its tables.
 */
public final class H2ChangeTrigger extends TriggerAdapter {

  /** What the names of the tables begin with. */
  static final String OUTBOX = "loadonce_changed_";

  /** The tables that a subscription reads, by their names without the schema. */
  private static final Map<String, Outbox> SUBSCRIBED = new ConcurrentHashMap<>();

  /**
   * @param table as SQL has it
   * @param columns the key columns of each table that is watched
   */
  private record Outbox(String table, List<List<String>> columns) {}

  /** A subscription reads this table from now on. */
  static void open(String outbox, List<List<String>> columns) {
    SUBSCRIBED.put(unqualified(outbox), new Outbox(outbox, columns));
  }

  /** The subscription has ended: the table must not grow. */
  static void close(String outbox) {
    SUBSCRIBED.remove(unqualified(outbox));
  }

  /** Returns the name of the trigger of a table. */
  static String name(String outbox, int place) {
    return unqualified(outbox) + ":" + place;
  }

  @Override
  public void fire(Connection connection, @Nullable ResultSet oldRow, @Nullable ResultSet newRow)
      throws SQLException {
    int colon = triggerName.indexOf(':');
    Outbox outbox = SUBSCRIBED.get(triggerName.substring(0, colon));
    if (outbox == null) {
      return;
    }
    int place = Integer.parseInt(triggerName.substring(colon + 1));
    List<String> columns = outbox.columns().get(place);
    List<@Nullable String> before = key(oldRow, columns);
    List<@Nullable String> after = key(newRow, columns);
    String insertion = "INSERT INTO %s (place, parts) VALUES (?, ?)".formatted(outbox.table());
    try (PreparedStatement insert = connection.prepareStatement(insertion)) {
      insert.setInt(1, place);
      add(connection, insert, before);
      if (!Objects.equals(before, after)) {
        add(connection, insert, after);
      }
    }
  }

  private static String unqualified(String outbox) {
    return outbox.substring(outbox.lastIndexOf(OUTBOX));
  }

  private static void add(
      Connection connection, PreparedStatement insert, @Nullable List<@Nullable String> key)
      throws SQLException {
    if (key != null) {
      insert.setArray(2, connection.createArrayOf("VARCHAR", key.toArray()));
      insert.executeUpdate();
    }
  }

  private static @Nullable List<@Nullable String> key(@Nullable ResultSet row, List<String> columns)
      throws SQLException {
    if (row == null) {
      return null;
    }
    List<@Nullable String> key = new ArrayList<>();
    for (String column : columns) {
      key.add(row.getString(column));
    }
    return key;
  }
}
