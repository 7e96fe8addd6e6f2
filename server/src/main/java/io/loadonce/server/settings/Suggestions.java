package io.loadonce.server.settings;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Known names that are similar to an unknown one. */
final class Suggestions {

  private static final int SUGGESTIONS = 3;

  private Suggestions() {}

  /** Returns the three most similar known names, the most similar first. */
  static String names(String unknown, Stream<String> known) {
    List<String> all =
        known.sorted(Comparator.comparingInt(name -> changes(unknown, name))).toList();
    return all.stream().limit(SUGGESTIONS).collect(Collectors.joining(", "));
  }

  /** Returns how many letters must be inserted, deleted or replaced: the Levenshtein distance. */
  static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
