package io.loadonce.server.settings;

import java.util.Locale;

/** What a YAML file says of one lookup only; {@link Setting.Scope#EACH_LOOKUP} adds the others. */
public enum LookupField {
  QUERY(
      "SQL",
      "The query that loads the rows: one SELECT that contains IN (:ids) or, on PostgreSQL, ="
          + " ANY(:ids), once."),
  QUERY_FILE(
      "FILE",
      "A file that holds the query, in place of query. Its path is relative to the YAML file."),
  KEY(
      "COLUMN TYPE",
      "The column of the result that holds the id, with its type: sku text. A list names several"
          + " columns. The types are bigint, int, smallint, text, char, enum, uuid, numeric and"
          + " date."),
  ROWS("one|many", "Whether an id has one row or a list of rows. Default: one."),
  VERSION_COLUMN(
      "NAME",
      "Integer column of the result that grows with every change of a row. Needed for min_version."
          + " Default: none."),
  CHANGES(
      "TABLE(COLUMN)",
      "List of the tables whose changes invalidate entries, each with the columns that hold the"
          + " key: order_line(order_id). Default: the only table of the query.");

  private final String unit;
  private final String description;

  LookupField(String unit, String description) {
    this.unit = unit;
    this.description = description;
  }

  public String unit() {
    return unit;
  }

  public String description() {
    return description;
  }

  /** Returns the name in the file and in messages. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether the file may have a list of values. */
  boolean isList() {
    return this == KEY || this == CHANGES;
  }
}
