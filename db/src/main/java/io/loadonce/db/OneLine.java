package io.loadonce.db;

import java.nio.charset.StandardCharsets;

/**
 * Makes one short line of a text of unknown origin, such as the message of a driver or of a
 * database. What could begin another line or hide a part of this one is escaped.
 */
public final class OneLine {

  private static final String CUT = "…";

  private OneLine() {}

  /**
   * Returns {@code text} with a blank for each run of white space and an escape for each other
   * character that is not printed. A longer text ends in an ellipsis.
   *
   * @param maxBytes the most bytes of the result in UTF-8; at least 3
   */
  public static String of(String text, int maxBytes) {
    StringBuilder line = new StringBuilder();
    int bytes = 0;
    int end = 0;
    boolean isCut = false;
    for (int i = 0; i < text.length() && !isCut; ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      String shown = shown(character, line);
      bytes += shown.getBytes(StandardCharsets.UTF_8).length;
      line.append(shown);
      if (bytes <= maxBytes - CUT.getBytes(StandardCharsets.UTF_8).length) {
        end = line.length();
      }
      isCut = bytes > maxBytes;
    }
    return isCut ? line.substring(0, end) + CUT : line.toString().strip();
  }

  private static String shown(int character, CharSequence before) {
    if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
      return before.isEmpty() || before.charAt(before.length() - 1) == ' ' ? "" : " ";
    }
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          "\\u%04x".formatted(character);
      default -> Character.toString(character);
    };
  }
}
