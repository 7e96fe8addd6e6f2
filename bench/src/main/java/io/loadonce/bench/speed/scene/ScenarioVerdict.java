package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.drive.Tool;
import io.loadonce.commands.load.Scenario;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scenario of {@code ./loadonce load} said.
 *
 * @param kind whether the server kept its promise
 * @param counted queries, by the metrics of the server; -1 if it does not say
 * @param alone queries that the same calls would have cost without load-once; -1 if it does not say
 * @param line the verdict for people
 */
record ScenarioVerdict(Kind kind, long counted, long alone, String line) {

  enum Kind {
    PASSED,
    /** Ids were loaded too often. */
    FAILED,
    /** It failed for another reason, such as that calls failed, or its exit code is wrong. */
    NOT_TESTED
  }

  private static final int FAILED = 3;

  private static final Pattern COUNTED = Pattern.compile("with ([\\d,]+) quer");
  private static final Pattern ALONE = Pattern.compile("would have cost ([\\d,]+) quer");

  /** Reads its output. */
  static ScenarioVerdict of(Scenario scenario, Tool.Ended ended) {
    String line =
        ended
            .text()
            .lines()
            .filter(each -> each.startsWith(scenario + ": "))
            .findFirst()
            .orElse(ended.text().strip());
    Kind kind = Kind.NOT_TESTED;
    if (line.startsWith(scenario + ": passed. ") && ended.exitCode() == 0) {
      kind = Kind.PASSED;
    } else if (line.startsWith(scenario + ": failed. ") && ended.exitCode() == FAILED) {
      kind = Kind.FAILED;
    }
    return new ScenarioVerdict(kind, number(COUNTED, line), number(ALONE, line), line);
  }

  private static long number(Pattern pattern, String line) {
    Matcher number = pattern.matcher(line);
    return number.find() ? Long.parseLong(number.group(1).replace(",", "")) : -1;
  }
}
