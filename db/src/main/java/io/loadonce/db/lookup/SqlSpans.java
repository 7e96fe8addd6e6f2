package io.loadonce.db.lookup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds parentheses, lists and names in an SQL text whose quoted parts are blanked out. */
final class SqlSpans {

  /**
   * What stands between two parentheses.
   *
   * @param start the index behind the opening one, and {@code end} the index of the closing one
   */
  record Span(int start, int end) {

    boolean contains(int index) {
      return start <= index && index < end;
    }

    String in(String text) {
      return text.substring(start, end);
    }
  }

  /** The pattern of a name, with quotes or without. */
  static final String NAME = "(?:[\\w$]+|\"[^\"]+\"|`[^`]+`)";

  private static final Pattern COLUMN =
      Pattern.compile("(?:NAME\\s*\\.\\s*)*(NAME)".replace("NAME", NAME));

  private SqlSpans() {}

  /** Returns each pair of parentheses, in the order of the opening ones; the others are ignored. */
  static List<Span> parentheses(String bare) {
    List<Span> spans = new ArrayList<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < bare.length(); i++) {
      if (bare.charAt(i) == '(') {
        open.push(i + 1);
      } else if (bare.charAt(i) == ')' && !open.isEmpty()) {
        spans.add(new Span(open.pop(), i));
      }
    }
    spans.sort((one, other) -> Integer.compare(one.start, other.start));
    return spans;
  }

  /** Returns the text with everything blanked out that stands in parentheses. */
  static String outsideParentheses(String bare) {
    StringBuilder outside = new StringBuilder(bare);
    int depth = 0;
    for (int i = 0; i < bare.length(); i++) {
      depth += bare.charAt(i) == '(' ? 1 : 0;
      if (depth > 0) {
        outside.setCharAt(i, ' ');
        depth -= bare.charAt(i) == ')' ? 1 : 0;
      }
    }
    return outside.toString();
  }

  /**
   * Returns the elements of a list that commas separate, each without its qualifier, its quotes and
   * its blanks, in lower case: {@code o."Id", lower(o.name)} is {@code id} and {@code
   * lower(o.name)}.
   */
  static List<String> elements(String list) {
    List<String> elements = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= list.length(); i++) {
      char at = i == list.length() ? ',' : list.charAt(i);
      depth += at == '(' ? 1 : at == ')' ? -1 : 0;
      if (at == ',' && (depth == 0 || i == list.length())) {
        elements.add(element(list.substring(start, i)));
        start = i + 1;
      }
    }
    return elements;
  }

  private static String element(String text) {
    Matcher column = COLUMN.matcher(text.strip());
    String name = column.matches() ? column.group(1) : text;
    return name.replaceAll("[\"`\\s]", "").toLowerCase(Locale.ROOT);
  }
}
