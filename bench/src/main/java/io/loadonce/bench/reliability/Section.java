package io.loadonce.bench.reliability;

/** One part of the scoreboard: it starts what it needs, counts from outside, and ends all of it. */
public interface Section {

  /** One word, for {@code --only}. */
  String name();

  /** A sentence that says what was done, for the heading. */
  String title();

  /** Where its figures stand. A section of another page runs only if {@code --only} names it. */
  default Page page() {
    return Page.RELIABILITY;
  }

  /**
   * Measures, and reports each figure. Blocks for minutes.
   *
   * @param isQuick small counts that show that the section works; its figures mean nothing
   * @throws Exception if the section could not be finished, which makes it red
   */
  void run(Scores scores, boolean isQuick) throws Exception;
}
