package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.LookupSettings;
import java.util.List;

/**
 * A lookup and the tables whose changes invalidate its entries.
 *
 * @param tables at least one; each reports its changes by as many columns as the key has
 * @param isByQuery whether the table was read from the query, since the settings name none
 */
public record WatchedLookup(LookupSettings lookup, List<ChangedTable> tables, boolean isByQuery) {

  /**
   * @throws InvalidSettingException if a table has another number of columns than the key
   */
  public WatchedLookup {
    tables = List.copyOf(tables);
    for (ChangedTable table : tables) {
      if (table.keyColumns().size() != lookup.key().size()) {
        throw new InvalidSettingException(
            "changes",
            "%s of the lookup %s must have a column for each column of the key (%s)"
                .formatted(table, lookup.name(), lookup.key()));
      }
    }
  }

  /**
   * Returns the lookup with the tables that its settings name.
   *
   * @param changes tables with their columns, such as {@code order_line(order_id)}; empty for the
   *     only table of the query, by the columns of the key
   * @throws InvalidSettingException if a table is not of that form, or if there is none and the
   *     query reads more than one table
   */
  public static WatchedLookup of(LookupSettings lookup, List<String> changes) {
    if (!changes.isEmpty()) {
      List<ChangedTable> tables = changes.stream().map(ChangedTable::parse).distinct().toList();
      return new WatchedLookup(lookup, tables, /* isByQuery= */ false);
    }
    String only =
        ChangedTable.onlyTable(lookup.query())
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "changes",
                        ("must be set for the lookup %s, since its query reads from more than one"
                                + " plain table; name each table and its columns that hold the key"
                                + " (%s): changes: [\"order_line(order_id)\"] in a YAML file, or"
                                + " --listen-table \"order_line(order_id)\"")
                            .formatted(lookup.name(), lookup.key())));
    return new WatchedLookup(
        lookup, List.of(ChangedTable.of(only, lookup.key())), /* isByQuery= */ true);
  }

  /**
   * Returns the lookup with one table.
   *
   * @param table with its columns, or without them if they have the names of the key's columns
   * @throws InvalidSettingException if it is neither
   */
  public static WatchedLookup of(LookupSettings lookup, String table) {
    ChangedTable only =
        table.endsWith(")")
            ? ChangedTable.parse(table)
            : ChangedTable.of(table.strip(), lookup.key());
    return new WatchedLookup(lookup, List.of(only), /* isByQuery= */ false);
  }
}
