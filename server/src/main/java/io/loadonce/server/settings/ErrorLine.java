package io.loadonce.server.settings;

/** What a user reads of a mistake: one line, whatever was set. */
public final class ErrorLine {

  private static final String PREFIX = "loadonce: ";

  /** With the prefix a line stays below 500 bytes, if its text is ASCII. */
  private static final int MAX_LENGTH = 450;

  private ErrorLine() {}

  /** Returns the message as one line, without control characters, cut if it is long. */
  public static String of(String message) {
    String line = message.replaceAll("[\\p{Cntrl}\\x80-\\x9F\\u2028\\u2029]", "?");
    return PREFIX + (line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line);
  }
}
