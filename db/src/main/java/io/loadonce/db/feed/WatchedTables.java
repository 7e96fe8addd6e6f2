package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.LookupSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables in PostgreSQL that lookups watch, as the catalog has them.
 *
 * @param tables each once, with what the catalog says of it
 * @param watchers the lookups that watch a place
 * @param warnings a line for each lookup of which single rows cannot be invalidated
 * @param problems why changes of a lookup cannot be reported, by its name
 */
record WatchedTables(
    Map<ChangedTable, PostgresTable> tables,
    Map<String, List<Watcher>> watchers,
    List<String> warnings,
    Map<String, InvalidSettingException> problems) {

  /**
   * Reads the catalog. Blocks for some round trips.
   *
   * @throws InvalidSettingException if the database reports no changes at all
   * @throws SQLException if the connection is lost
   */
  static WatchedTables of(Connection connection, List<WatchedLookup> lookups) throws SQLException {
    requirePrimary(connection);
    WatchedTables watched =
        new WatchedTables(
            new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    for (WatchedLookup lookup : lookups) {
      try {
        watched.add(connection, lookup);
      } catch (InvalidSettingException e) {
        watched.problems.put(lookup.lookup().name(), e);
      }
    }
    return watched;
  }

  private void add(Connection connection, WatchedLookup lookup) throws SQLException {
    List<@Nullable KeyOrigin> origins = KeyOrigin.of(connection, lookup.lookup());
    for (ChangedTable table : lookup.tables()) {
      PostgresTable found = tables.get(table);
      if (found == null) {
        found = PostgresTable.of(connection, table, lookup.lookup());
        tables.put(table, found);
      }
      add(connection, lookup, found, origins);
    }
  }

  private void add(
      Connection connection,
      WatchedLookup watched,
      PostgresTable table,
      List<@Nullable KeyOrigin> origins)
      throws SQLException {
    LookupSettings lookup = watched.lookup();
    String problem = null;
    for (int i = 0; i < origins.size(); i++) {
      KeyOrigin origin = origins.get(i);
      if (watched.isByQuery()) {
        requireSameColumn(lookup, table, origin, i);
      }
      if (problem == null) {
        problem = problem(connection, lookup, table, origin, i);
      }
    }
    if (problem != null) {
      warnings.add(FeedConnection.invalidatesAll(lookup, table.table(), problem));
    }
    watchers
        .computeIfAbsent(table.place(), _ -> new ArrayList<>())
        .add(new Watcher(lookup.name(), lookup.key(), /* isByKey= */ problem == null));
  }

  /** Returns why a reported key may have another text than the key in the cache; null if not. */
  private static @Nullable String problem(
      Connection connection,
      LookupSettings lookup,
      PostgresTable table,
      @Nullable KeyOrigin origin,
      int i)
      throws SQLException {
    if (origin == null) {
      return "the key column %s of its query is not known to be a column of a table as it is"
          .formatted(lookup.key().get(i).name());
    }
    Set<String> types = PostgresTable.typesWithOneText(lookup.key().get(i).type());
    String ofQuery = PostgresTable.type(connection, origin);
    if (ofQuery == null || !types.contains(ofQuery)) {
      return "the type of its key column %s may have several texts for a key of type %s"
          .formatted(lookup.key().get(i).name(), lookup.key().get(i).type());
    }
    if (!types.contains(table.types().get(i))) {
      return "the type of the column %s may have several texts for a key of type %s"
          .formatted(table.table().keyColumns().get(i), lookup.key().get(i).type());
    }
    return table.isTableOf(origin) && origin.column().equals(table.table().plainColumns().get(i))
        ? null
        : origin.problemOfJoin(lookup, i, table.table());
  }

  /** A column of the table may have the name that the query gives to another column. */
  private static void requireSameColumn(
      LookupSettings lookup, PostgresTable table, @Nullable KeyOrigin origin, int i) {
    String column = table.table().plainColumns().get(i);
    if (origin != null && table.isTableOf(origin) && !origin.column().equals(column)) {
      throw new InvalidSettingException(
          "changes",
          ("must be set for the lookup %s, since the key column %s of its query is the column %s of"
                  + " %s; name the table and its columns that hold the key")
              .formatted(
                  lookup.name(),
                  lookup.key().get(i).name(),
                  origin.column(),
                  table.table().name()));
    }
  }

  private static void requirePrimary(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
      row.next();
      if (row.getBoolean(1)) {
        throw new InvalidSettingException(
            "listen",
            "needs the primary; this database is a standby, which reports no changes. Set db-url to"
                + " the primary, or switch listen off");
      }
    }
  }

  /** Returns the names under which the tables report their changes, in their order. */
  List<String> places() {
    return tables.values().stream().map(PostgresTable::place).toList();
  }

  /** Returns the lookups that watch a place, of which there is at least one. */
  List<Watcher> watchers(String place) {
    return Objects.requireNonNull(watchers.get(place));
  }
}
