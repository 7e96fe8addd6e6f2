package io.loadonce.bench.reliability.checks;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What some classes of tests have found.
 *
 * @param reports the report of each class that was run, as text
 * @param missing the classes that were not run since the last change of the sources
 */
record Found(List<String> reports, List<String> missing) {

  private static final Pattern SUITE = Pattern.compile("<testsuite\\s[^>]*>");

  Found {
    reports = List.copyOf(reports);
    missing = List.copyOf(missing);
  }

  int tests() {
    return sum("tests");
  }

  /** Tests that neither failed nor were skipped. */
  int passed() {
    return tests() - sum("errors") - sum("failures") - sum("skipped");
  }

  /** Whether there is a test, and all were run and passed. */
  boolean isWhole() {
    return tests() > 0 && passed() == tests() && missing.isEmpty();
  }

  /** Such as {@code 43 of 43, in 2 classes}. */
  String text() {
    String text = "%,d of %,d, in %d classes".formatted(passed(), tests(), reports.size());
    return missing.isEmpty() ? text : text + "; not run: " + String.join(", ", missing);
  }

  private int sum(String attribute) {
    Pattern value = Pattern.compile("\\s%s=\"(\\d+)\"".formatted(attribute));
    return reports.stream()
        .mapToInt(
            report ->
                SUITE
                    .matcher(report)
                    .results()
                    .map(MatchResult::group)
                    .flatMap(suite -> value.matcher(suite).results())
                    .map(number -> Integer.valueOf(number.group(1)))
                    .findFirst()
                    .orElseThrow(
                        () -> new IllegalStateException("a report does not count " + attribute)))
        .sum();
  }
}
