package io.loadonce.server.planted;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A bug, as a change to one source file, and the check that must find it.
 *
 * @param promise the promise that the bug breaks, by its name in {@code promises.txt}
 * @param name what the bug does
 * @param file the source file, from the top of the project
 * @param right what stands there, exactly once; white space between two tokens does not count
 * @param wrong what is put in its place
 * @param check the test method, {@code package.Class#method}
 * @param failsWith parts of the message with which the check must fail: one of them must be in it;
 *     white space counts as one space
 */
record PlantedBug(
    String promise,
    String name,
    String file,
    String right,
    String wrong,
    String check,
    List<String> failsWith) {
  static final List<String> KEYS =
      List.of("promise", "bug", "file", "right", "wrong", "check", "fails-with");

  private static final Pattern TOKEN = Pattern.compile("\\w+|[^\\w\\s]");

  PlantedBug {
    failsWith = failsWith.stream().map(PlantedBug::oneLine).toList();
    require(TOKEN.matcher(right).find(), "right is empty");
    require(!right.equals(wrong), "wrong is the same as right");
    require(check.matches("[\\w.]+#\\w+"), "check is not package.Class#method");
    require(!failsWith.isEmpty(), "fails-with is empty");
  }

  /** Reads a bug from a block with the keys {@link #KEYS}. */
  static PlantedBug of(Map<String, String> block) {
    List<String> values = KEYS.stream().map(key -> block.getOrDefault(key, "")).toList();
    return new PlantedBug(
        values.get(0),
        values.get(1),
        values.get(2),
        values.get(3),
        values.get(4),
        values.get(5),
        values.get(6).lines().toList());
  }

  /**
   * Returns the source with the bug in it.
   *
   * @throws IllegalStateException if the right text does not stand there exactly once
   */
  String plantInto(String source) {
    List<MatchResult> places = pattern(right).matcher(source).results().toList();
    if (places.size() != 1) {
      throw new IllegalStateException(
          "%s holds this %d times, not once: %s".formatted(file, places.size(), right));
    }
    MatchResult place = places.getFirst();
    return source.substring(0, place.start()) + wrong + source.substring(place.end());
  }

  static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  /** The tokens of the text, with any white space between them. */
  private static Pattern pattern(String text) {
    StringBuilder pattern = new StringBuilder();
    boolean afterWord = false;
    for (MatchResult token : TOKEN.matcher(text).results().toList()) {
      boolean isWord = Character.isJavaIdentifierPart(token.group().charAt(0));
      pattern.append(pattern.isEmpty() ? "" : afterWord && isWord ? "\\s+" : "\\s*");
      pattern.append(isWord && !afterWord ? "\\b" : "").append(Pattern.quote(token.group()));
      pattern.append(isWord ? "\\b" : "");
      afterWord = isWord;
    }
    return Pattern.compile(pattern.toString());
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  @Override
  public String toString() {
    return promise + ": " + name;
  }
}
