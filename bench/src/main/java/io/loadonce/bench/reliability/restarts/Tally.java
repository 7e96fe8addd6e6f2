package io.loadonce.bench.reliability.restarts;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What the calls of one client got.
 *
 * @param client its name and version
 * @param failures how many calls failed, by status and message
 */
record Tally(String client, long calls, long slowestMillis, Map<String, Long> failures) {

  private static final Pattern CLIENT = Pattern.compile("(?m)^client (.*)$");
  private static final Pattern LINE = Pattern.compile("(?m)^(calls|slowest|failed) (\\d+)(.*)$");
  private static final int SHOWN_LETTERS = 160;

  /**
   * Reads what the programs of interop/ print.
   *
   * @throws IllegalStateException if it is something else
   */
  static Tally parse(String printed) {
    List<MatchResult> lines = LINE.matcher(printed).results().toList();
    Map<String, Long> failures = new TreeMap<>();
    lines.stream()
        .filter(line -> line.group(1).equals("failed"))
        .forEach(
            line -> failures.merge(line.group(3).strip(), Long.valueOf(line.group(2)), Long::sum));
    String client =
        CLIENT
            .matcher(printed)
            .results()
            .map(line -> line.group(1))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no client has printed: " + printed));
    return new Tally(client, number(lines, "calls"), number(lines, "slowest"), failures);
  }

  long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Such as {@code 3 of 1,200; 3 UNAVAILABLE no connection; slowest 230 ms}. */
  String text() {
    StringBuilder text = new StringBuilder("%,d of %,d".formatted(failed(), calls));
    failures.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getValue))
        .ifPresent(
            most ->
                text.append(
                    "; most often (%d) %s".formatted(most.getValue(), start(most.getKey()))));
    return text + "; the slowest call took %,d ms".formatted(slowestMillis);
  }

  private static String start(String text) {
    return text.length() <= SHOWN_LETTERS ? text : text.substring(0, SHOWN_LETTERS) + "…";
  }

  private static long number(List<MatchResult> lines, String name) {
    return lines.stream()
        .filter(line -> line.group(1).equals(name))
        .mapToLong(line -> Long.parseLong(line.group(2)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the client did not print its " + name));
  }
}
