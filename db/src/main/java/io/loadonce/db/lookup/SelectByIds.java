package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The configured query: one SELECT, also with WITH in front, that contains {@code IN (:ids)} or
 * {@code = ANY(:ids)} exactly once. Immutable.
 *
 * <p>Not guaranteed: that the database accepts it, or that the ids are compared with the key
 * columns. The check at the start of the service shows the first.
 */
public final class SelectByIds {

  /** The most ids that one statement accepts. */
  public static final int MAX_IDS = 256;

  /** The longest column with its table and schema that is read, in characters. */
  private static final int MAX_COLUMN = 300;

  private static final Pattern PLACEHOLDER = Pattern.compile("(?<!:):([A-Za-z_]\\w*)");
  private static final Pattern IN_IDS = Pattern.compile("(?i)\\bIN\\s*\\(\\s*:ids\\s*\\)");
  private static final Pattern NOT_IN_IDS = Pattern.compile("(?i)\\bNOT\\s+IN\\s*\\(\\s*:ids\\b");
  private static final Pattern ANY_IDS =
      Pattern.compile("(?i)(?<![!<>])=\\s*ANY\\s*\\(\\s*:ids\\s*\\)");

  /** A column, or its cast, in front of IN or of an equals sign. */
  private static final Pattern LAST_COLUMN =
      Pattern.compile(
          "(?:NAME\\s*\\.\\s*)*NAME(?:\\s*::\\s*\\w+)?$".replace("NAME", SqlSpans.NAME));

  /** In front of an opening parenthesis: the name of a function, and no word of SQL. */
  private static final Pattern FUNCTION =
      Pattern.compile(
          "(?i)(?<!\\w)(?!(?:AND|HAVING|NOT|ON|OR|ROW|SELECT|WHEN|WHERE)\\s*$)\\w+\\s*$");

  /** A dollar sign that is in no name: {@code $1} is a parameter to the database. */
  private static final Pattern DOLLAR =
      Pattern.compile("(?<![\\p{L}\\p{N}_$])(?:\\p{N}[\\p{L}\\p{N}_]*)?\\$");

  private static final Pattern ROW_LOCK =
      Pattern.compile("(?i)\\b(?:FOR\\s+(?:KEY\\s+)?SHARE|LOCK\\s+IN\\s+SHARE\\s+MODE)\\b");
  private static final Pattern FIRST_SELECT = Pattern.compile("(?i)(SELECT|WITH)\\b");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Set<String> WRITES = Set.of("DELETE", "INSERT", "INTO", "MERGE", "UPDATE");

  /** What changes a sequence, a session or another database although it stands in a SELECT. */
  private static final Pattern WRITING_CALL =
      Pattern.compile(
          "(?i)\\b(NEXTVAL|SETVAL|SET_CONFIG|PG_NOTIFY|DBLINK_EXEC|PG_(?:TRY_)?ADVISORY_\\w*LOCK\\w*"
              + "|LO_(?:CREATE|FROM_BYTEA|IMPORT|PUT|UNLINK))\\s*\\(|\\b(NEXT\\s+VALUE\\s+FOR)\\b");

  private final String text;
  private final int start;
  private final int end;
  private final boolean usesArray;

  /** The statements for 1, 2, 4, … {@link #MAX_IDS} ids: few texts, so that plans are reused. */
  private final String[] byPower;

  private SelectByIds(String text, int start, int end, boolean usesArray, int keyColumns) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.usesArray = usesArray;
    String one = keyColumns == 1 ? "?" : "(?" + ", ?".repeat(keyColumns - 1) + ")";
    this.byPower =
        IntStream.rangeClosed(0, usesArray ? 0 : Integer.numberOfTrailingZeros(MAX_IDS))
            .mapToObj(power -> one + (", " + one).repeat((1 << power) - 1))
            .map(list -> text.substring(0, start) + list + text.substring(end))
            .toArray(String[]::new);
  }

  /**
   * Checks and accepts a query. Literals, quoted names and comments are not looked into; a
   * semicolon at the end is removed.
   *
   * @throws InvalidSettingException if it is not one SELECT with {@code IN (:ids)} exactly once, or
   *     has a second statement, another parameter, or a word or a function that writes
   */
  public static SelectByIds parse(String text) {
    String bare = QuotedText.blankedOut(text);
    int last = bare.stripTrailing().length();
    if (last > 0 && bare.charAt(last - 1) == ';') {
      last = bare.substring(0, last - 1).stripTrailing().length();
    }
    int first = last - bare.substring(0, last).stripLeading().length();
    String sql = text.substring(first, last);
    bare = bare.substring(first, last);
    checkOneSelect(bare);
    Matcher ids = PLACEHOLDER.matcher(bare);
    require(ids.find(), "has no :ids; write WHERE key IN (:ids)");
    int start = ids.start();
    int end = ids.end();
    do {
      require(
          ids.group(1).equals("ids"),
          "has an unknown placeholder " + ids.group() + "; only :ids is known");
    } while (ids.find());
    require(PLACEHOLDER.matcher(bare).results().count() == 1, "has :ids more than once");
    boolean usesArray = ANY_IDS.matcher(bare).find();
    require(usesArray || IN_IDS.matcher(bare).find(), "must use :ids as WHERE key IN (:ids)");
    require(!NOT_IN_IDS.matcher(bare).find(), "must not use NOT IN; write WHERE key IN (:ids)");
    return new SelectByIds(sql, start, end, usesArray, /* keyColumns= */ 1);
  }

  /**
   * Returns this query for a key of so many columns: {@code (a, b) IN (:ids)}.
   *
   * @throws InvalidSettingException if it has {@code = ANY(:ids)}, and there is more than one
   */
  public SelectByIds forKey(int keyColumns) {
    require(
        keyColumns == 1 || !usesArray,
        "= ANY(:ids) needs a key of one column; write WHERE (a, b) IN (:ids)");
    return new SelectByIds(text, start, end, usesArray, keyColumns);
  }

  /** Returns what in this query makes the rows of an id depend on the other ids. */
  RowDependence dependence() {
    return new RowDependence(text, start, compared());
  }

  /**
   * Returns what the query compares with the ids, in the form of {@link SqlSpans#elements}: one
   * expression, or those of a row; empty if it cannot be read.
   */
  List<String> compared() {
    String bare = QuotedText.blankedOut(text);
    Matcher operator = (usesArray ? ANY_IDS : IN_IDS).matcher(bare);
    if (!operator.find()) {
      return List.of();
    }
    int end = bare.substring(0, operator.start()).stripTrailing().length();
    if (end > 0 && bare.charAt(end - 1) == ')') {
      return SqlSpans.parentheses(bare).stream()
          .filter(row -> row.end() == end - 1)
          .filter(row -> !FUNCTION.matcher(bare.substring(0, row.start() - 1)).find())
          .findFirst()
          .map(row -> SqlSpans.elements(row.in(text)))
          .orElse(List.of());
    }
    Matcher column = LAST_COLUMN.matcher(text.substring(Math.max(0, end - MAX_COLUMN), end));
    return column.find() ? SqlSpans.elements(column.group()) : List.of();
  }

  /** Returns whether the ids are one parameter, an SQL array, as {@code = ANY(:ids)} needs. */
  public boolean usesArray() {
    return usesArray;
  }

  /**
   * Returns the statement for {@code count} ids: with {@link #slots} ids in it, or with one array.
   *
   * @param count 1 to {@link #MAX_IDS}
   */
  public String sql(int count) {
    return usesArray ? byPower[0] : byPower[power(count)];
  }

  /** Returns the number of ids in {@code sql(count)}: the next power of two. */
  public static int slots(int count) {
    return 1 << power(count);
  }

  /** The query as it was configured. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SelectByIds query
        && query.text.equals(text)
        && query.byPower[0].equals(byPower[0]);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  private static int power(int count) {
    if (count < 1 || count > MAX_IDS) {
      throw new IllegalArgumentException("1 to " + MAX_IDS + " ids, not " + count);
    }
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }

  private static void checkOneSelect(String bare) {
    require(FIRST_SELECT.matcher(bare).lookingAt(), "must begin with SELECT or WITH");
    require(!bare.contains(";"), "must be one statement");
    Matcher lock = ROW_LOCK.matcher(bare);
    require(
        !lock.find(),
        "must only read; found "
            + (lock.hasMatch()
                ? lock.group().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT)
                : ""));
    require(
        !bare.contains("?"),
        "must not have a ?; the ids come in for :ids. Instead of the operator ? of jsonb, write"
            + " jsonb_exists(column, 'key')");
    require(
        !DOLLAR.matcher(bare).find(),
        "must not have a $ in front of a word; the ids come in for :ids. Quote a name that begins"
            + " with $");
    WORD.matcher(bare)
        .results()
        .map(word -> word.group().toUpperCase(Locale.ROOT))
        .filter(WRITES::contains)
        .findFirst()
        .ifPresent(word -> require(false, "must only read; found " + word));
    WRITING_CALL
        .matcher(bare)
        .results()
        .map(call -> call.group().replaceAll("[\\s(]+", " ").strip().toUpperCase(Locale.ROOT))
        .findFirst()
        .ifPresent(call -> require(false, "must only read; found " + call));
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new InvalidSettingException("query", problem);
    }
  }
}
