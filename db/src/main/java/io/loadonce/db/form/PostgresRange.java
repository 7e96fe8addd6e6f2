package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.util.regex.Pattern;

/**
 * A range or multirange in PostgreSQL's own notation, with bounds in the form that a column of
 * their type has: {@code [2024-02-29T07:00:00Z,infinity)}. Not safe for use by many threads.
 */
final class PostgresRange {

  private static final String STRUCTURE = "[](){},";
  private static final Pattern NEEDS_QUOTES = Pattern.compile("[\\s\\[\\](){},\"\\\\]|^$");
  private static final Pattern NEEDS_ESCAPE = Pattern.compile("[\"\\\\]");

  private final String text;
  private int at;

  private PostgresRange(String text) {
    this.text = text;
  }

  /**
   * @param bounds how a bound is read; where that is a number, the bound stays as it is
   */
  static TextForm of(TextForm bounds) {
    return text -> JsonValues.text(new PostgresRange(text).withBounds(bounds));
  }

  private String withBounds(TextForm bounds) throws UnreadableValueException {
    StringBuilder range = new StringBuilder();
    boolean isInside = false;
    while (at < text.length()) {
      char next = text.charAt(at);
      if (STRUCTURE.indexOf(next) >= 0) {
        isInside = next == '[' || next == '(' || (next == ',' && isInside);
        range.append(next);
        at++;
      } else {
        String bound = bound();
        // Outside of brackets there is only the word "empty".
        range.append(isInside ? quoted(inForm(bound, bounds)) : bound);
      }
    }
    return range.toString();
  }

  /** From its first character to the next comma or bracket that is not quoted. */
  private String bound() {
    StringBuilder bound = new StringBuilder();
    boolean isQuoted = false;
    for (; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next == '"') {
        boolean isDoubled = isQuoted && at + 1 < text.length() && text.charAt(at + 1) == '"';
        if (isDoubled) {
          bound.append(text.charAt(++at));
        } else {
          isQuoted = !isQuoted;
        }
      } else if (next == '\\') {
        bound.append(text.charAt(++at));
      } else if (!isQuoted && STRUCTURE.indexOf(next) >= 0) {
        break;
      } else {
        bound.append(next);
      }
    }
    return bound.toString();
  }

  private static String inForm(String bound, TextForm bounds) throws UnreadableValueException {
    Value value = bounds.read(bound);
    return value.hasStringValue() ? value.getStringValue() : bound;
  }

  private static String quoted(String bound) {
    return NEEDS_QUOTES.matcher(bound).find()
        ? '"' + NEEDS_ESCAPE.matcher(bound).replaceAll("\\\\$0") + '"'
        : bound;
  }
}
