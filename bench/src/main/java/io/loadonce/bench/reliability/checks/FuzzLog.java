package io.loadonce.bench.reliability.checks;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What the fuzz tests have printed, since their reports do not count the inputs.
 *
 * @param inputs how many inputs were tried, new and kept ones
 * @param classes how many classes of tests were run
 * @param failed how many of their tests failed
 */
record FuzzLog(long inputs, int classes, int failed) {

  private static final Pattern TRIED = Pattern.compile("(?m)^Done (\\d+) runs in \\d+ second");
  private static final Pattern CLASS =
      Pattern.compile("Failures: (\\d+), Errors: (\\d+), .* in [\\w.]+FuzzTest\\b");

  static FuzzLog parse(String printed) {
    List<MatchResult> classes = CLASS.matcher(printed).results().toList();
    return new FuzzLog(
        TRIED.matcher(printed).results().mapToLong(tried -> Long.parseLong(tried.group(1))).sum(),
        classes.size(),
        classes.stream()
            .mapToInt(one -> Integer.parseInt(one.group(1)) + Integer.parseInt(one.group(2)))
            .sum());
  }
}
