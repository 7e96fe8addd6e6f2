package io.loadonce.db.lookup;

import io.loadonce.db.lookup.SqlSpans.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds what in a query applies to the ids of a statement together, so that the rows of an id
 * depend on the other ids. Immutable.
 *
 * <p>Looked into are the SELECT that compares {@code :ids}, and those around it that read its rows:
 * the main one, queries of WITH, the branches of a UNION, and subqueries in FROM or behind IN. Not
 * found: a second query of WITH that reads the rows of all ids, a function that does, and what a
 * view computes.
 */
final class RowDependence {

  /**
   * @param subject what applies to all ids of a statement together
   * @param remedy what to write instead
   */
  record Problem(String subject, String remedy) {}

  /**
   * One SELECT that sees the rows of all ids.
   *
   * @param bare its text, in which quoted parts and subqueries are blanked out
   * @param text the same text as it was configured; as long as {@code bare}
   */
  private record Select(String bare, String text) {

    Select part(int start, int end) {
      return new Select(bare.substring(start, end), text.substring(start, end));
    }
  }

  private static final Pattern SUBQUERY = Pattern.compile("(?i)\\s*(?:SELECT|WITH)\\b");

  /** In front of a subquery of which each row of the outer query sees all rows. */
  private static final Pattern READ_AS_A_WHOLE =
      Pattern.compile(
          "(?i)(?:\\b(?:ALL|ANY|AS|EXCEPT|FROM|IN|INTERSECT|JOIN|MATERIALIZED|UNION)|[,(])"
              + "\\s*\\($");

  private static final Pattern SET_OPERATOR =
      Pattern.compile("(?i)\\b(?:UNION|INTERSECT|EXCEPT)\\b");
  private static final Pattern LIMIT =
      Pattern.compile("(?i)\\b(LIMIT(?=\\s+\\d)|OFFSET(?=\\s+\\d)|FETCH\\s+(?:FIRST|NEXT)\\b)");
  private static final Pattern DISTINCT_ON = Pattern.compile("(?i)\\bDISTINCT\\s+ON\\s*\\(");
  private static final Pattern GROUP_BY =
      Pattern.compile(
          "(?i)\\bGROUP\\s+BY\\b(.*?)(?=\\b(?:HAVING|WINDOW|ORDER|LIMIT)\\b|$)", Pattern.DOTALL);

  /** An aggregate function with its opening parenthesis; its name is the first group. */
  static final Pattern AGGREGATE =
      Pattern.compile(
          "(?i)(?<![\\w.$]|\\bAS\\s)(ANY_VALUE|ARRAY_AGG|AVG|BIT_AND|BIT_OR|BIT_XOR|BOOL_AND"
              + "|BOOL_OR|COUNT|EVERY|GROUP_CONCAT|JSONB?_AGG|JSONB?_OBJECT_AGG|JSON_ARRAYAGG"
              + "|JSON_OBJECTAGG|LISTAGG|MAX|MEDIAN|MIN|MODE|PERCENTILE_CONT|PERCENTILE_DISC"
              + "|STDDEV\\w*|STRING_AGG|SUM|VARIANCE|VAR_POP|VAR_SAMP|XMLAGG)\\s*\\(");

  private static final Pattern BEHIND_AN_AGGREGATE =
      Pattern.compile("(?i)\\s*(?:FILTER|WITHIN\\s+GROUP)\\s*\\(");
  private static final Pattern IS_WINDOW = Pattern.compile("(?i)\\s*OVER\\b");
  private static final Pattern LABEL = Pattern.compile("(?i)\\s+(?:AS\\s+)?([\\w$]+)");
  private static final Pattern WINDOW = Pattern.compile("(?i)\\bOVER\\s*(\\(|[\\w$]+)");
  private static final Pattern BASE_WINDOW =
      Pattern.compile("(?i)\\s*(?!(?:PARTITION|ORDER|ROWS|RANGE|GROUPS)\\b)([\\w$]+)");
  private static final Pattern PARTITION_BY =
      Pattern.compile(
          "(?i)\\bPARTITION\\s+BY\\b(.*?)(?=\\b(?:ORDER|ROWS|RANGE|GROUPS)\\b|$)", Pattern.DOTALL);
  private static final Pattern ORDINAL = Pattern.compile("\\d+");

  /** Each SELECT that sees the rows of all ids. Of a UNION, only the branch with the ids. */
  private final List<Select> selects = new ArrayList<>();

  /** The same, with the whole UNION: a LIMIT at its end applies to all of it. */
  private final List<Select> wholes = new ArrayList<>();

  /** The expressions that are compared with the ids; empty if they cannot be read. */
  private final List<String> compared;

  /**
   * @param text a query with {@code :ids}
   * @param ids the index of {@code :ids}
   */
  RowDependence(String text, int ids, List<String> compared) {
    this.compared = compared;
    String bare = QuotedText.blankedOut(text);
    List<Span> subqueries =
        SqlSpans.parentheses(bare).stream()
            .filter(span -> SUBQUERY.matcher(span.in(bare)).lookingAt())
            .toList();
    Stream<Span> around = subqueries.stream().filter(span -> span.contains(ids));
    add(text, bare, new Span(0, text.length()), subqueries, ids);
    around
        .takeWhile(span -> READ_AS_A_WHOLE.matcher(bare.substring(0, span.start())).find())
        .forEach(span -> add(text, bare, span, subqueries, ids));
  }

  private void add(String text, String bare, Span select, List<Span> subqueries, int ids) {
    StringBuilder own = new StringBuilder(bare);
    int blankUntil = select.start();
    for (Span inner : subqueries) {
      if (inner.start() > blankUntil && inner.end() < select.end()) {
        own.replace(inner.start(), inner.end(), " ".repeat(inner.end() - inner.start()));
        blankUntil = inner.end();
      }
    }
    Select whole = new Select(select.in(own.toString()), select.in(text));
    wholes.add(whole);
    selects.add(branch(whole, ids - select.start()));
  }

  /** Returns the SELECT of a UNION that has the ids. */
  private static Select branch(Select all, int ids) {
    int start = 0;
    Matcher operator = SET_OPERATOR.matcher(all.bare());
    while (operator.find()) {
      if (operator.start() > ids) {
        return all.part(start, operator.start());
      }
      start = operator.end();
    }
    return all.part(start, all.bare().length());
  }

  /** Returns the first thing that gives wrong rows whenever a statement has several ids. */
  Optional<Problem> problem(KeyColumns key) {
    return Stream.concat(
            wholes.stream().map(RowDependence::limit),
            selects.stream()
                .flatMap(
                    select -> Stream.of(distinct(select, key), aggregate(select), window(select))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Returns a line for what gives wrong rows unless its columns determine the key. */
  List<String> warnings(KeyColumns key) {
    return selects.stream()
        .flatMap(select -> Stream.concat(partitions(select), groups(select, key)))
        .filter(clause -> !namesKey(clause.substring(clause.indexOf(" BY ") + 4), key))
        .map(
            clause ->
                ("%s does not name the key (%s): if several ids have the same values there, the"
                        + " rows of an id depend on the others; add the key to it")
                    .formatted(clause, key))
        .distinct()
        .toList();
  }

  private static Optional<Problem> limit(Select whole) {
    Matcher limit = LIMIT.matcher(SqlSpans.outsideParentheses(whole.bare()));
    return limit.find()
        ? Optional.of(
            new Problem(
                limit.group().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT), "remove it"))
        : Optional.empty();
  }

  private Optional<Problem> distinct(Select select, KeyColumns key) {
    Matcher distinct = DISTINCT_ON.matcher(select.bare());
    return distinct.find() && !namesKey(inside(select, distinct.end()).text(), key)
        ? Optional.of(new Problem("DISTINCT ON", "name the key in it"))
        : Optional.empty();
  }

  private static Optional<Problem> aggregate(Select select) {
    if (GROUP_BY.matcher(SqlSpans.outsideParentheses(select.bare())).find()) {
      return Optional.empty();
    }
    Matcher aggregate = AGGREGATE.matcher(select.bare());
    while (aggregate.find()) {
      if (!IS_WINDOW.matcher(behind(select, aggregate.end())).lookingAt()) {
        return Optional.of(
            new Problem(
                aggregate.group(1).toUpperCase(Locale.ROOT) + " without GROUP BY",
                "add GROUP BY with the key"));
      }
    }
    return Optional.empty();
  }

  /** Returns GROUP BY if the key is an aggregate: otherwise the database requires the key there. */
  private static Stream<String> groups(Select select, KeyColumns key) {
    Matcher group = GROUP_BY.matcher(SqlSpans.outsideParentheses(select.bare()));
    if (!group.find()) {
      return Stream.empty();
    }
    Matcher aggregate = AGGREGATE.matcher(select.bare());
    while (aggregate.find()) {
      Matcher label = LABEL.matcher(behind(select, aggregate.end()));
      if (label.lookingAt() && columns(key).contains(label.group(1).toLowerCase(Locale.ROOT))) {
        String list = select.text().substring(group.start(1), group.end(1));
        return Stream.of("GROUP BY " + oneLine(list));
      }
    }
    return Stream.empty();
  }

  /**
   * Returns what stands behind an aggregate, its FILTER and its WITHIN GROUP.
   *
   * @param start behind its opening parenthesis
   */
  private static String behind(Select select, int start) {
    int end = start + inside(select, start).bare().length() + 1;
    String behind = select.bare().substring(Math.min(end, select.bare().length()));
    Matcher clause = BEHIND_AN_AGGREGATE.matcher(behind);
    return clause.lookingAt() ? behind(new Select(behind, behind), clause.end()) : behind;
  }

  private static Optional<Problem> window(Select select) {
    Matcher window = WINDOW.matcher(select.bare());
    while (window.find()) {
      Optional<Select> definition =
          window.group(1).equals("(")
              ? orBase(select, inside(select, window.end()))
              : named(select, window.group(1));
      if (definition.isPresent() && !PARTITION_BY.matcher(definition.get().bare()).find()) {
        return Optional.of(
            new Problem("a window function without PARTITION BY", "add PARTITION BY with the key"));
      }
    }
    return Optional.empty();
  }

  /** Returns each PARTITION BY with its list, as it was configured. */
  private static Stream<String> partitions(Select select) {
    return PARTITION_BY
        .matcher(select.bare())
        .results()
        .map(
            partition -> {
              int end = partition.start(1) + inside(select, partition.start(1)).bare().length();
              String list =
                  select.text().substring(partition.start(1), Math.min(end, partition.end(1)));
              return "PARTITION BY " + oneLine(list);
            });
  }

  /** Returns what WINDOW says of a name. */
  private static Optional<Select> named(Select select, String name) {
    Matcher named =
        Pattern.compile("(?i)\\b" + Pattern.quote(name) + "\\s+AS\\s*\\(").matcher(select.bare());
    return named.find()
        ? orBase(select.part(0, named.start()), inside(select, named.end()))
        : Optional.empty();
  }

  /**
   * Returns the definition of a window, or that of the window on which it is based.
   *
   * @param select what may define the base
   */
  private static Optional<Select> orBase(Select select, Select definition) {
    Matcher base = BASE_WINDOW.matcher(definition.bare());
    return base.lookingAt() ? named(select, base.group(1)) : Optional.of(definition);
  }

  /** Returns the text from an index behind an opening parenthesis to the closing one. */
  private static Select inside(Select select, int start) {
    int depth = 0;
    for (int i = start; i < select.bare().length(); i++) {
      char at = select.bare().charAt(i);
      if (at == ')' && depth-- == 0) {
        return select.part(start, i);
      }
      depth += at == '(' ? 1 : 0;
    }
    return select.part(start, select.bare().length());
  }

  /**
   * Returns whether a list has each column of the key, or what the query compares with the ids; a
   * number stands for any column.
   */
  private boolean namesKey(String list, KeyColumns key) {
    Set<String> names = new HashSet<>(SqlSpans.elements(list));
    return names.containsAll(columns(key))
        || (!compared.isEmpty() && names.containsAll(compared))
        || names.stream().anyMatch(ORDINAL.asMatchPredicate());
  }

  private static Set<String> columns(KeyColumns key) {
    return key.columns().stream()
        .map(column -> column.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  private static String oneLine(String list) {
    return list.strip().replaceAll("\\s+", " ");
  }
}
