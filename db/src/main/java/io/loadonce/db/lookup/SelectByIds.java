package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The configured query: one SELECT with {@code IN (:ids)} exactly once. Immutable.
 *
 * <p>Not guaranteed: that the database accepts it, or that the ids are compared with the key
 * column; both show at the first row.
 */
public final class SelectByIds {

  /** The most ids that one statement takes. */
  public static final int MAX_IDS = 256;

  private static final Pattern PLACEHOLDER = Pattern.compile("(?<!:):([A-Za-z_]\\w*)");
  private static final Pattern IN_IDS = Pattern.compile("(?i)\\bIN\\s*\\(\\s*:ids\\s*\\)");
  private static final Pattern NOT_IN_IDS = Pattern.compile("(?i)\\bNOT\\s+IN\\s*\\(\\s*:ids\\b");
  private static final Pattern FIRST_SELECT = Pattern.compile("(?i)SELECT\\b");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Set<String> WRITES = Set.of("DELETE", "INSERT", "INTO", "MERGE", "UPDATE");

  private final String text;

  /** The statements for 1, 2, 4, … {@link #MAX_IDS} ids: few texts, so that plans are reused. */
  private final String[] byPower;

  private SelectByIds(String text, int start, int end) {
    this.text = text;
    this.byPower =
        IntStream.rangeClosed(0, Integer.numberOfTrailingZeros(MAX_IDS))
            .mapToObj(power -> "?" + ", ?".repeat((1 << power) - 1))
            .map(list -> text.substring(0, start) + list + text.substring(end))
            .toArray(String[]::new);
  }

  /**
   * Checks and takes a query. Literals and quoted names are not looked into.
   *
   * @throws InvalidSettingException if it is not one SELECT with {@code IN (:ids)} exactly once, or
   *     has a comment, a {@code ;}, another parameter, or a word that writes
   */
  public static SelectByIds parse(String text) {
    String sql = text.strip();
    String bare = QuotedText.blankedOut(sql);
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
    require(IN_IDS.matcher(bare).find(), "must use :ids as WHERE key IN (:ids)");
    require(!NOT_IN_IDS.matcher(bare).find(), "must not use NOT IN; write WHERE key IN (:ids)");
    return new SelectByIds(sql, start, end);
  }

  /**
   * Returns the statement for {@code count} ids, with {@link #parameters} markers in it.
   *
   * @param count 1 to {@link #MAX_IDS}
   */
  public String sql(int count) {
    return byPower[power(count)];
  }

  /** How many markers {@code sql(count)} has: the next power of two. The last id fills them up. */
  public static int parameters(int count) {
    return 1 << power(count);
  }

  /** The query as it was configured. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SelectByIds query && query.text.equals(text);
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
    require(FIRST_SELECT.matcher(bare).lookingAt(), "must begin with SELECT");
    require(!bare.contains("--") && !bare.contains("/*"), "must not have a comment");
    require(!bare.contains(";"), "must be one statement without ;");
    require(!bare.contains("?"), "must not have a ?; the ids come in for :ids");
    WORD.matcher(bare)
        .results()
        .map(word -> word.group().toUpperCase(Locale.ROOT))
        .filter(WRITES::contains)
        .findFirst()
        .ifPresent(word -> require(false, "must only read; found " + word));
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new InvalidSettingException("query", problem);
    }
  }
}
