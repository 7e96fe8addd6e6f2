package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.SelectByIds;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table whose changes are reported, and the columns by which they are reported.
 *
 * @param name as SQL has it, with its schema or without; quoted where it needs quotes
 * @param keyColumns its columns that hold the key of a lookup, in the order of that key and in the
 *     same form as the name
 */
public record ChangedTable(String name, List<String> keyColumns) {

  private static final String KEY = "changes";

  /** What is easily read, or whatever it is within double quotes. */
  private static final String PART = "(?:[A-Za-z_]\\w{0,62}|\"[^\"\\p{Cntrl}]{1,63}\")";

  private static final Pattern COLUMN = Pattern.compile(PART);
  private static final Pattern NAME = Pattern.compile("((?:" + PART + "\\.)?)(" + PART + ")");
  private static final Pattern TABLE_AND_COLUMNS =
      Pattern.compile(
          "(?<table>(?:%1$s\\.)?%1$s)\\s*\\(\\s*(?<columns>%1$s(?:\\s*,\\s*%1$s)*)\\s*\\)"
              .formatted(PART));
  private static final Pattern FROM = Pattern.compile("(?i)\\bFROM\\b");
  private static final Pattern ONLY_TABLE =
      Pattern.compile(
          "(?i).*\\bFROM\\s+(?!ONLY\\b)(?<table>(?:%1$s\\.)?%1$s)(?:\\s+(?:AS\\s+)?\\w+)?\\s+WHERE\\b.*"
              .formatted(PART),
          Pattern.DOTALL);

  /**
   * @throws InvalidSettingException if a name is not one
   */
  public ChangedTable {
    keyColumns = List.copyOf(keyColumns);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidSettingException(
          KEY, "must name a table, such as city, public.city or \"City\"");
    }
    if (keyColumns.isEmpty()
        || !keyColumns.stream().allMatch(column -> COLUMN.matcher(column).matches())) {
      throw new InvalidSettingException(
          KEY,
          "must name the columns of %s that hold the key, such as id or \"Id\"".formatted(name));
    }
  }

  /**
   * Returns the table that a text such as {@code order_line(order_id)} names.
   *
   * @throws InvalidSettingException if the text is not of that form
   */
  public static ChangedTable parse(String text) {
    Matcher parts = TABLE_AND_COLUMNS.matcher(text.strip());
    if (!parts.matches()) {
      throw new InvalidSettingException(
          KEY, "must be a table and its columns that hold the key, such as order_line(order_id)");
    }
    return new ChangedTable(
        parts.group("table"),
        COLUMN.matcher(parts.group("columns")).results().map(column -> column.group()).toList());
  }

  /**
   * Returns a table that holds the key in columns of the same names.
   *
   * @throws InvalidSettingException if a name is not one
   */
  static ChangedTable of(String name, KeyColumns key) {
    return new ChangedTable(
        name, key.columns().stream().map(KeyColumn::name).map(ChangedTable::column).toList());
  }

  /** Returns the only table of a query; empty if it reads more than one, or none that is plain. */
  static Optional<String> onlyTable(SelectByIds query) {
    String text = query.toString();
    Matcher only = ONLY_TABLE.matcher(text);
    return FROM.matcher(text).results().count() == 1 && only.matches()
        ? Optional.of(only.group("table"))
        : Optional.empty();
  }

  /** The last part of the name, as the catalog of PostgreSQL has it. */
  String plainName() {
    return plain(part(2));
  }

  /** The schema with its dot, or nothing. */
  String schemaPrefix() {
    return part(1);
  }

  /** The columns, as the catalog of PostgreSQL has them. */
  List<String> plainColumns() {
    return keyColumns.stream().map(ChangedTable::plain).toList();
  }

  /** What follows the name of the table in a notification: {@code (tenant_id,sku)}. */
  String suffix() {
    return plainColumns().stream().collect(Collectors.joining(",", "(", ")"));
  }

  /** Returns the table as the settings have it: {@code order_line(order_id)}. */
  @Override
  public String toString() {
    return name + keyColumns.stream().collect(Collectors.joining(", ", "(", ")"));
  }

  private String part(int group) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalStateException("was checked");
    }
    return parts.group(group);
  }

  private static String plain(String part) {
    return part.startsWith("\"") ? part.replace("\"", "") : part.toLowerCase(Locale.ROOT);
  }

  private static String column(String label) {
    return COLUMN.matcher(label).matches() ? label : '"' + label + '"';
  }
}
