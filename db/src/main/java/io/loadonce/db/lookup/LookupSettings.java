package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One lookup: the query that loads its rows, and the limits of a load. Validated and immutable.
 *
 * @param name 1 to 63 letters, digits, {@code -} and {@code _}, of which the first is a letter
 * @param query the query that selects rows by their ids
 * @param key the columns of the result that hold the id, with their types
 * @param rows whether an id has one row or a list of rows
 * @param versionColumn the column of the result that holds the version, null for none
 * @param maxIdsPerQuery ids in one statement, 1 to {@link SelectByIds#MAX_IDS}
 * @param maxRows the most rows of one id, 1 to {@link #MAX_ROWS}; unused with {@link Rows#ONE}
 * @param maxRowBytes the largest row that is cached, or the largest list, in bytes of its encoded
 *     form
 */
public record LookupSettings(
    String name,
    SelectByIds query,
    KeyColumns key,
    Rows rows,
    @Nullable String versionColumn,
    int maxIdsPerQuery,
    int maxRows,
    int maxRowBytes) {

  /** The name of the only lookup of a service that configures one lookup. */
  public static final String DEFAULT_NAME = "default";

  public static final int DEFAULT_ROWS = 1_000;
  public static final int MAX_ROWS = 100_000;
  public static final int DEFAULT_ROW_BYTES = 1 << 20;
  public static final int MAX_ROW_BYTES = 64 << 20;

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

  /**
   * @throws InvalidSettingException if a value is out of its range
   */
  public LookupSettings {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidSettingException(
          "lookups", "a name has 1 to 63 letters, digits, - and _, of which the first is a letter");
    }
    query = query.forKey(key.size());
    if (query.usesArray() && key.get(0).type() == KeyType.ENUM) {
      throw new InvalidSettingException(
          "query", "= ANY(:ids) does not take a key of type enum; write IN (:ids)");
    }
    requireSameOrder(query, key);
    if (maxIdsPerQuery > 1) {
      query.dependence().problem(key).ifPresent(LookupSettings::refuse);
    }
    if (versionColumn != null) {
      KeyColumn.requireName("version-column", versionColumn);
      requireNoAggregate(query, versionColumn);
    }
    requireRange("max-ids-per-query", maxIdsPerQuery, SelectByIds.MAX_IDS);
    requireRange("max-rows", maxRows, MAX_ROWS);
    requireRange("max-row-bytes", maxRowBytes, MAX_ROW_BYTES);
  }

  /**
   * Returns the default lookup with this query: its key is the column {@code id}, a bigint, an id
   * has one row, and rows have no version.
   *
   * @throws InvalidSettingException if the query is not a {@link SelectByIds}
   */
  public static LookupSettings of(String query) {
    return new LookupSettings(
        DEFAULT_NAME,
        SelectByIds.parse(query),
        KeyColumns.of("id", KeyType.BIGINT),
        Rows.ONE,
        /* versionColumn= */ null,
        SelectByIds.MAX_IDS,
        DEFAULT_ROWS,
        DEFAULT_ROW_BYTES);
  }

  public LookupSettings withName(String other) {
    return new LookupSettings(
        other, query, key, rows, versionColumn, maxIdsPerQuery, maxRows, maxRowBytes);
  }

  public LookupSettings withKey(KeyColumns columns) {
    return new LookupSettings(
        name, query, columns, rows, versionColumn, maxIdsPerQuery, maxRows, maxRowBytes);
  }

  public LookupSettings withKey(String column, KeyType type) {
    return withKey(KeyColumns.of(column, type));
  }

  /** Returns a lookup whose ids have a list of up to this many rows. */
  public LookupSettings withLists(int max) {
    return new LookupSettings(
        name, query, key, Rows.MANY, versionColumn, maxIdsPerQuery, max, maxRowBytes);
  }

  public LookupSettings withVersionColumn(@Nullable String column) {
    return new LookupSettings(name, query, key, rows, column, maxIdsPerQuery, maxRows, maxRowBytes);
  }

  public LookupSettings withMaxIdsPerQuery(int ids) {
    return new LookupSettings(name, query, key, rows, versionColumn, ids, maxRows, maxRowBytes);
  }

  public LookupSettings withMaxRowBytes(int bytes) {
    return new LookupSettings(
        name, query, key, rows, versionColumn, maxIdsPerQuery, maxRows, bytes);
  }

  /**
   * Returns a line for each thing in the query that gives wrong rows unless the operator knows
   * better: the rows of an id may depend on the other ids of its statement.
   */
  public List<String> warnings() {
    return maxIdsPerQuery > 1 ? query.dependence().warnings(key) : List.of();
  }

  private static void refuse(RowDependence.Problem problem) {
    throw new InvalidSettingException(
        "query",
        ("%s applies to all ids of a statement together, so that the rows of an id would depend on"
                + " the others; %s, or set max-ids-per-query to 1")
            .formatted(problem.subject(), problem.remedy()));
  }

  private static void requireNoAggregate(SelectByIds query, String versionColumn) {
    ComputedColumn.aggregate(query.toString(), versionColumn)
        .ifPresent(
            function -> {
              throw new InvalidSettingException(
                  "version-column",
                  ("is computed by %s, which may go down when a row is deleted; name a column that"
                          + " only grows, such as the version of the parent")
                      .formatted(function));
            });
  }

  private static void requireSameOrder(SelectByIds query, KeyColumns key) {
    List<String> compared = query.compared();
    List<String> columns =
        key.columns().stream().map(column -> column.name().toLowerCase(Locale.ROOT)).toList();
    if (!compared.equals(columns)
        && compared.size() == columns.size()
        && Set.copyOf(compared).equals(Set.copyOf(columns))) {
      throw new InvalidSettingException(
          "query",
          ("compares (%s) with :ids, and the columns of the key are (%s); write both in the same"
                  + " order")
              .formatted(String.join(", ", compared), String.join(", ", columns)));
    }
  }

  private static void requireRange(String key, int value, int max) {
    if (value < 1 || value > max) {
      throw new InvalidSettingException(key, "must be 1 to " + max + ", not " + value);
    }
  }
}
