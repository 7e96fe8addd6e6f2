package io.loadonce.server.settings;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Known names that are similar to an unknown one. */
final class Suggestions {

  /** A name that needs more edits than this is another name, not a misspelt one. */
  private static final int MAX_EDITS = 2;

  private Suggestions() {}

  /** Returns what the reader of an error should try: a similar name, or the list of all. */
  static String hint(String unknown, Stream<String> known) {
    return hint(unknown, known, "./loadonce serve --help lists the settings");
  }

  /**
   * @param otherwise what to try if no name is similar
   */
  static String hint(String unknown, Stream<String> known, String otherwise) {
    List<String> similar =
        known
            .filter(name -> edits(unknown, name) <= MAX_EDITS)
            .sorted(Comparator.comparingInt(name -> edits(unknown, name)))
            .toList();
    return similar.isEmpty() ? otherwise : "did you mean " + String.join(" or ", similar) + "?";
  }

  /**
   * Returns how many edits turn one name into the other: a letter inserted, deleted or replaced, or
   * two neighbours swapped (the optimal string alignment distance).
   */
  static int edits(String from, String to) {
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[from.length()][to.length()];
  }
}
