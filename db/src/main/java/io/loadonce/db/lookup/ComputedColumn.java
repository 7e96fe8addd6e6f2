package io.loadonce.db.lookup;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the expression that a query computes for a column of its result. */
final class ComputedColumn {

  private static final Pattern LIST_BEGINS =
      Pattern.compile("(?i)\\bSELECT\\s+(?:ALL\\b|DISTINCT\\b)?");

  private ComputedColumn() {}

  /**
   * Returns the name of the aggregate function, in upper case, that a query uses for a column that
   * it names with AS.
   */
  static Optional<String> aggregate(String query, String column) {
    String bare = QuotedText.blankedOut(query);
    Matcher label =
        Pattern.compile(
                "(?i)\\bAS\\s+(?:\"NAME\"|`NAME`|NAME\\b)".replace("NAME", Pattern.quote(column)))
            .matcher(query);
    while (label.find()) {
      boolean isQuoted =
          !bare.startsWith(query.substring(label.start(), label.start() + 2), label.start());
      Matcher function =
          RowDependence.AGGREGATE.matcher(
              bare.substring(start(bare, label.start()), label.start()));
      if (!isQuoted && function.find()) {
        return Optional.of(function.group(1).toUpperCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  /** Returns where the element of the list behind SELECT begins that ends at an index. */
  private static int start(String bare, int end) {
    int depth = 0;
    int first = 0;
    Matcher list = LIST_BEGINS.matcher(SqlSpans.outsideParentheses(bare)).region(0, end);
    while (list.find()) {
      first = list.end();
    }
    for (int i = end - 1; i >= first; i--) {
      char at = bare.charAt(i);
      depth += at == ')' ? 1 : at == '(' ? -1 : 0;
      if (depth < 0 || (depth == 0 && at == ',')) {
        return i + 1;
      }
    }
    return first;
  }
}
