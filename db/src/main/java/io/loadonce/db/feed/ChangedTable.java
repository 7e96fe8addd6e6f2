package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.SelectByIds;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table whose changes the feed reports.
 *
 * @param name as SQL has it, with its schema or without; quoted where it needs quotes
 * @param keyColumn its column that holds the id, in the same form
 */
public record ChangedTable(String name, String keyColumn) {

  private static final String KEY = "listen-table";

  /** What is easily read, or whatever it is within double quotes. */
  private static final String PART = "(?:[A-Za-z_]\\w{0,62}|\"[^\"\\p{Cntrl}]{1,63}\")";

  private static final Pattern COLUMN = Pattern.compile(PART);
  private static final Pattern NAME = Pattern.compile("((?:" + PART + "\\.)?)(" + PART + ")");
  private static final Pattern FROM = Pattern.compile("(?i)\\bFROM\\b");
  private static final Pattern ONLY_TABLE =
      Pattern.compile(
          "(?i).*\\bFROM\\s+(?<table>(?:"
              + PART
              + "\\.)?"
              + PART
              + ")(?:\\s+(?:AS\\s+)?\\w+)?\\s+WHERE\\b.*",
          Pattern.DOTALL);

  /**
   * @throws InvalidSettingException if a name is not one
   */
  public ChangedTable {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidSettingException(
          KEY, "must be a table, such as city, public.city or \"City\"");
    }
    if (!COLUMN.matcher(keyColumn).matches()) {
      throw new InvalidSettingException(
          "key-column",
          "must be a column of the table, such as id or \"Id\", since its changes are reported by"
              + " it");
    }
  }

  /**
   * The table of a query.
   *
   * @param name empty for the only table that the query reads
   * @throws InvalidSettingException if the name is not one, or is needed and was not given
   */
  public static ChangedTable of(String name, LookupSettings lookup) {
    return new ChangedTable(
        name.isBlank() ? onlyTable(lookup.query()) : name.strip(),
        column(lookup.key().get(0).name()));
  }

  /** The last part of the name, as the catalog of PostgreSQL has it. */
  String plainName() {
    String last = part(2);
    return last.startsWith("\"") ? last.replace("\"", "") : last.toLowerCase(Locale.ROOT);
  }

  /** The schema with its dot, or nothing. */
  String schemaPrefix() {
    return part(1);
  }

  private String part(int group) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalStateException("was checked");
    }
    return parts.group(group);
  }

  private static String column(String label) {
    return COLUMN.matcher(label).matches() ? label : '"' + label + '"';
  }

  private static String onlyTable(SelectByIds query) {
    String text = query.toString();
    Matcher only = ONLY_TABLE.matcher(text);
    if (FROM.matcher(text).results().count() == 1 && only.matches()) {
      return only.group("table");
    }
    throw new InvalidSettingException(
        KEY, "must be set, since the query reads from more than one plain table");
  }
}
