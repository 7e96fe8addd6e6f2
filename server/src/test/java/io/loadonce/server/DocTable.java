package io.loadonce.server;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A generated table of a page, between two comments that a reader does not see.
 *
 * @param name in the first of those comments
 * @param rows the cells; the first row holds the headings
 */
public record DocTable(String name, List<List<String>> rows) {

  /** Returns the page with its table of this name replaced by this one. */
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
        + rows.stream().skip(1).map(DocTable::line).collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
