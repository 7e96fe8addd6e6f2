package io.loadonce.server.planted;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a text file of blocks. A block is a line {@code key: value} for each key, in their order; a
 * value of more lines is indented below its key. Lines that begin with {@code #} are comments.
 */
final class Blocks {
  private static final Pattern ENTRY = Pattern.compile("([a-z-]+):(?: (.*))?");

  private final String file;
  private final List<String> keys;

  /** The names must stand in the file in this order; the first begins a block. */
  Blocks(String file, List<String> keys) {
    this.file = file;
    this.keys = List.copyOf(keys);
  }

  /**
   * Returns what {@code read} makes of each block.
   *
   * @throws IllegalArgumentException if the file is malformed; the message names file and line
   */
  <T> List<T> read(String text, Function<Map<String, String>, T> read) {
    List<T> all = new ArrayList<>();
    List<String> lines = text.lines().toList();
    int at = 0;
    while ((at = skipEmpty(lines, at)) < lines.size()) {
      int first = at;
      Map<String, String> block = new LinkedHashMap<>();
      for (String key : keys) {
        at = skipEmpty(lines, at);
        int end = endOfValue(lines, at + 1);
        block.put(key, value(key, lines, at, Math.min(end, lines.size())));
        at = end;
      }
      all.add(readAt(first, block, read));
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException(file + ": there is nothing in it");
    }
    return all;
  }

  private <T> T readAt(int line, Map<String, String> block, Function<Map<String, String>, T> read) {
    try {
      return read.apply(block);
    } catch (IllegalArgumentException e) {
      throw problem(line, String.valueOf(e.getMessage()));
    }
  }

  private String value(String key, List<String> lines, int at, int end) {
    if (at >= lines.size()) {
      throw problem(at, "the file ends where %s: is expected".formatted(key));
    }
    Matcher entry = ENTRY.matcher(lines.get(at));
    if (!entry.matches() || !entry.group(1).equals(key)) {
      throw problem(at, "%s: is expected, not: %s".formatted(key, lines.get(at)));
    }
    String first = entry.group(2) == null ? "" : entry.group(2) + "\n";
    return (first + String.join("\n", lines.subList(at + 1, end)).stripIndent()).strip();
  }

  private static int endOfValue(List<String> lines, int at) {
    int end = at;
    while (end < lines.size() && (lines.get(end).isBlank() || lines.get(end).startsWith(" "))) {
      end++;
    }
    return end;
  }

  private static int skipEmpty(List<String> lines, int at) {
    int next = at;
    while (next < lines.size() && (lines.get(next).isBlank() || lines.get(next).startsWith("#"))) {
      next++;
    }
    return next;
  }

  private IllegalArgumentException problem(int line, String text) {
    return new IllegalArgumentException("%s:%d: %s".formatted(file, line + 1, text));
  }
}
