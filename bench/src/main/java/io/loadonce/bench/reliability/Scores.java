package io.loadonce.bench.reliability;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The figures of one section. Thread-safe. */
public final class Scores {

  /** Whether a figure keeps its bound. */
  enum Verdict {
    YES,
    NO,
    /** The figure has no bound. */
    NOTE,
    /** The figure was not measured here; the result names it. */
    NOT_RUN
  }

  /** One line of the table. */
  record Score(String what, String measured, String bound, Verdict verdict) {}

  private final Consumer<String> progress;

  @GuardedBy("this")
  private final List<Score> scores = new ArrayList<>();

  /**
   * @param progress receives a line for each figure
   */
  Scores(Consumer<String> progress) {
    this.progress = progress;
  }

  /**
   * Reports a figure that has a bound. A section without such a figure has proved nothing and is
   * red.
   */
  public void judge(String what, String measured, String bound, boolean holds) {
    add(new Score(what, measured, bound, holds ? Verdict.YES : Verdict.NO));
  }

  /** Reports what was not run, and why; this makes no section red. */
  public void notRun(String what, String why) {
    add(new Score(what, "not run: " + why, "", Verdict.NOT_RUN));
  }

  /** Reports a figure without a bound, or a seed. */
  public void note(String what, String measured) {
    add(new Score(what, measured, "", Verdict.NOTE));
  }

  /** The figures in the order in which they were reported. */
  synchronized List<Score> all() {
    return List.copyOf(scores);
  }

  /** Whether there is a figure with a bound, and each of them keeps it. */
  boolean holds() {
    List<Score> all = all();
    return all.stream().anyMatch(score -> score.verdict() == Verdict.YES)
        && all.stream().noneMatch(score -> score.verdict() == Verdict.NO);
  }

  private synchronized void add(Score score) {
    scores.add(score);
    progress.accept(
        "%s: %s %s".formatted(score.what(), score.measured(), text(score)).stripTrailing());
  }

  private static String text(Score score) {
    return score.bound().isEmpty()
        ? ""
        : "(bound %s: %s)".formatted(score.bound(), score.verdict());
  }
}
