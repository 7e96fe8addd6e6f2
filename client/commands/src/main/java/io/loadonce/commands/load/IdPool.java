package io.loadonce.commands.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The ids that a load test requests. Their order matters: the first one is the hottest. */
public final class IdPool {

  private static final int MOST_IDS = 100_000_000;
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})\\.\\.(\\d{1,18})");

  private IdPool() {}

  /**
   * Reads {@code 1..1000} (both ends included; needs no memory for each id) or {@code a,b,c}.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public static List<String> parse(String text) {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      return range(text, Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
    }
    return nonEmpty(Stream.of(text.split(",", -1)), "'" + text + "'");
  }

  /**
   * Reads a file: the first column of a {@code .csv} that has a header, or one id on each line of
   * any other file. Blank lines are skipped.
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it has no id or is not UTF-8
   */
  public static List<String> read(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return file.toString().endsWith(".csv")
          ? nonEmpty(lines.skip(1).map(IdPool::firstColumn), file.toString())
          : nonEmpty(lines, file.toString());
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw new IllegalArgumentException(
            "the file %s is not text in UTF-8, so no ids can be read".formatted(file), e);
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read ids from " + file, e);
    }
  }

  private static String firstColumn(String line) {
    int comma = line.indexOf(',');
    String cell = comma < 0 ? line : line.substring(0, comma);
    return cell.replace("\"", "");
  }

  private static List<String> nonEmpty(Stream<String> ids, String where) {
    List<String> pool = ids.map(String::strip).filter(id -> !id.isEmpty()).toList();
    if (pool.isEmpty()) {
      throw new IllegalArgumentException(
          where + " has no ids; use a range such as 1..1000, a list such as 1,2,3 or a file");
    }
    return pool;
  }

  private static List<String> range(String text, long first, long last) {
    if (last < first || last - first >= MOST_IDS) {
      throw new IllegalArgumentException(
          "ids are %s but a range must go up and have at most %d ids".formatted(text, MOST_IDS));
    }
    return new Range(first, (int) (last - first + 1));
  }

  private static final class Range extends AbstractList<String> implements RandomAccess {

    private final long first;
    private final int size;

    Range(long first, int size) {
      this.first = first;
      this.size = size;
    }

    @Override
    public String get(int index) {
      return Long.toString(first + Objects.checkIndex(index, size));
    }

    @Override
    public int size() {
      return size;
    }
  }
}
