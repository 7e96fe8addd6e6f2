package io.loadonce.server;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table of a page, between two comments that nobody sees.
 *
 * @param name in the first of those comments
 * @param rows cells of the same number in each, the first for the heads
 */
public record ReadmeTable(String name, List<List<String>> rows) {

  /** Returns the page with this table in the place of the one that stands there. */
  public String putInto(String page) {
    Matcher place =
        Pattern.compile("(?s)(<!-- table: %s -->\n).*?(<!-- end -->)".formatted(name))
            .matcher(page);
    if (!place.find()) {
      throw new IllegalStateException("no place for table " + name);
    }
    return place.replaceFirst(Matcher.quoteReplacement(place.group(1) + text() + place.group(2)));
  }

  private String text() {
    String rule = "|" + "---|".repeat(rows.getFirst().size()) + "\n";
    return line(rows.getFirst())
        + rule
        + rows.stream().skip(1).map(ReadmeTable::line).collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
