package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;

/**
 * Blanks out literals, quoted names and comments, so that the rest of an SQL text can be checked.
 */
final class QuotedText {

  /** Stands for each character that is quoted; neither a word nor an operator. */
  private static final char BLANK = '"';

  private QuotedText() {}

  /**
   * Returns {@code sql} with every literal, quoted name and comment blanked out; the length stays.
   *
   * @throws InvalidSettingException if a quote is not closed, or if databases disagree on where it
   *     ends
   */
  static String blankedOut(String sql) {
    StringBuilder bare = new StringBuilder(sql);
    int at = 0;
    while (at < sql.length()) {
      int end = endOfQuoted(sql, at);
      char blank = isComment(sql, at) ? ' ' : BLANK;
      for (int i = at; i < end; i++) {
        bare.setCharAt(i, blank);
      }
      at = Math.max(end, at + 1);
    }
    return bare.toString();
  }

  /** Returns the index behind the quoted text that begins at {@code start}, or {@code start}. */
  private static int endOfQuoted(String sql, int start) {
    char quote = sql.charAt(start);
    if (isComment(sql, start)) {
      return endOfComment(sql, start);
    }
    if (quote == '$') {
      return endOfDollarQuoted(sql, start);
    }
    if (quote != '\'' && quote != '"' && quote != '`') {
      return start;
    }
    int end = sql.indexOf(quote, start + 1);
    if (end < 0) {
      throw new InvalidSettingException("query", "a quote " + quote + " is not closed");
    }
    if (sql.charAt(end - 1) == '\\') {
      throw new InvalidSettingException(
          "query", "a backslash before a quote is read differently by databases; double the quote");
    }
    return end + 1;
  }

  private static boolean isComment(String sql, int start) {
    return sql.startsWith("--", start) || sql.startsWith("/*", start);
  }

  private static int endOfComment(String sql, int start) {
    boolean isLine = sql.charAt(start) == '-';
    String next = sql.substring(start + 2, Math.min(start + 3, sql.length()));
    if (isLine ? !next.isBlank() : next.equals("!") || next.equals("+")) {
      throw new InvalidSettingException(
          "query",
          "%s%s is read differently by databases; write a blank after %s"
              .formatted(sql.substring(start, start + 2), next, sql.substring(start, start + 2)));
    }
    if (isLine) {
      int line = sql.indexOf('\n', start);
      return line < 0 ? sql.length() : line;
    }
    int end = sql.indexOf("*/", start + 2);
    int nested = sql.indexOf("/*", start + 2);
    if (end < 0 || (nested >= 0 && nested < end)) {
      throw new InvalidSettingException(
          "query",
          end < 0
              ? "a comment /* is not closed"
              : "a comment within a comment is read differently by databases; remove one");
    }
    return end + 2;
  }

  /**
   * {@code $$text$$}, as PostgreSQL and H2 have it. H2 reads {@code $tag$} as a parameter, and
   * PostgreSQL a dollar sign behind a letter as a part of a name.
   */
  private static int endOfDollarQuoted(String sql, int start) {
    int tagEnd = start + 1;
    while (tagEnd < sql.length()
        && Character.isJavaIdentifierPart(sql.charAt(tagEnd))
        && sql.charAt(tagEnd) != '$') {
      tagEnd++;
    }
    if (tagEnd == sql.length() || sql.charAt(tagEnd) != '$') {
      return start;
    }
    String tag = sql.substring(start, tagEnd + 1);
    if (tagEnd > start + 1
        || (start > 0 && Character.isJavaIdentifierPart(sql.charAt(start - 1)))) {
      throw new InvalidSettingException(
          "query", tag + " is read differently by databases; write the text in single quotes");
    }
    int end = sql.indexOf(tag, tagEnd + 1);
    if (end < 0) {
      throw new InvalidSettingException("query", "a quote " + tag + " is not closed");
    }
    return end + tag.length();
  }
}
