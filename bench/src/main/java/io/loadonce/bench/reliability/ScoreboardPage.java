package io.loadonce.bench.reliability;

import io.loadonce.bench.Machine;
import io.loadonce.bench.reliability.Scores.Score;
import io.loadonce.bench.reliability.Scores.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The text of a {@link Page}, which is written as a whole.
 *
 * @param commit of the sources that were measured
 */
record ScoreboardPage(Clock clock, String commit) {

  /** What a section has reported, and how long it took. */
  record Finished(Section section, Scores scores, Duration took) {
    boolean holds() {
      return scores.holds();
    }
  }

  /** The whole page. */
  String text(Page page, String command, List<Finished> sections) {
    return """
    # %s

    Each figure is counted from outside the service: by its callers, the database, the operating system or the reports of the tests. A section holds if it has judged at least one figure and all of them keep their bounds. A line without a bound is for information.

    `%s`, %s, commit %s, on %s

    %s

    %s
    """
        .formatted(
            page.heading(),
            command,
            LocalDate.now(clock),
            commit,
            Machine.describe(),
            result(sections),
            sections.stream().map(ScoreboardPage::text).collect(Collectors.joining("\n\n")));
  }

  /** Replaces the page. */
  static void write(Path root, Page page, String text) throws IOException {
    Files.writeString(root.resolve(page.path()), text);
  }

  /** One sentence: which sections do not hold, and which figures were not measured. */
  static String result(List<Finished> sections) {
    List<String> red =
        sections.stream().filter(each -> !each.holds()).map(each -> each.section().name()).toList();
    String result =
        red.isEmpty()
            ? "%d of %d sections hold".formatted(sections.size(), sections.size())
            : "%d of %d sections do not hold: %s"
                .formatted(red.size(), sections.size(), String.join(", ", red));
    String notRun =
        sections.stream()
            .flatMap(each -> each.scores().all().stream())
            .filter(score -> score.verdict() == Verdict.NOT_RUN)
            .map(Score::what)
            .collect(Collectors.joining(", "));
    return notRun.isEmpty() ? result + "." : "%s; not run: %s.".formatted(result, notRun);
  }

  /** The table of one section. */
  static String text(Finished finished) {
    return """
    ## %s

    %s Holds: %s. It took %.0f s.

    | what | measured | bound | holds |
    |---|---|---|---|
    %s\
    """
        .formatted(
            finished.section().name(),
            finished.section().title(),
            finished.holds() ? "yes" : "**NO**",
            finished.took().toMillis() / 1e3,
            lines(finished.scores().all()));
  }

  private static String lines(List<Score> scores) {
    return scores.isEmpty()
        ? "| nothing was measured | | | **NO** |"
        : scores.stream().map(ScoreboardPage::line).collect(Collectors.joining("\n"));
  }

  private static String line(Score score) {
    String holds =
        switch (score.verdict()) {
          case YES -> "yes";
          case NO -> "**NO**";
          case NOTE -> "";
          case NOT_RUN -> "NOT RUN";
        };
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s |",
        cell(score.what()),
        cell(score.measured()),
        cell(score.bound()),
        holds);
  }

  private static String cell(String text) {
    return text.replaceAll("\\s+", " ").replace("|", "\\|");
  }
}
