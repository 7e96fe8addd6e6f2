package io.loadonce.db.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.tools.TriggerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the ids of changed rows into a table, in the transaction that changes them. H2 makes it;
 * its name is {@code table:key column}.
 */
public final class H2ChangeTrigger extends TriggerAdapter {

  /** What the names of the tables begin with. */
  static final String OUTBOX = "loadonce_changed_";

  /** The names of the tables that have a subscription. */
  private static final Set<String> SUBSCRIBED = ConcurrentHashMap.newKeySet();

  /** A subscription reads this table from now on. */
  static void open(String outbox) {
    SUBSCRIBED.add(unqualified(outbox));
  }

  /** The subscription has ended: the table must not grow. */
  static void close(String outbox) {
    SUBSCRIBED.remove(unqualified(outbox));
  }

  @Override
  public void fire(Connection connection, @Nullable ResultSet oldRow, @Nullable ResultSet newRow)
      throws SQLException {
    String[] parts = triggerName.split(":", 2);
    if (!SUBSCRIBED.contains(parts[0])) {
      return;
    }
    String before = id(oldRow, parts[1]);
    String after = id(newRow, parts[1]);
    String insertion = "INSERT INTO \"%s\".%s (id) VALUES (?)".formatted(schemaName, parts[0]);
    try (PreparedStatement insert = connection.prepareStatement(insertion)) {
      add(insert, before);
      if (!Objects.equals(before, after)) {
        add(insert, after);
      }
    }
  }

  private static String unqualified(String outbox) {
    return outbox.substring(outbox.lastIndexOf(OUTBOX));
  }

  private static void add(PreparedStatement insert, @Nullable String id) throws SQLException {
    if (id != null) {
      insert.setString(1, id);
      insert.executeUpdate();
    }
  }

  private static @Nullable String id(@Nullable ResultSet row, String column) throws SQLException {
    return row == null ? null : row.getString(column);
  }
}
