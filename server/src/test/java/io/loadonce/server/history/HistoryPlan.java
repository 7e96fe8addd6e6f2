package io.loadonce.server.history;

/**
 * How a history is made. The seed fixes what is read and written; how the threads are scheduled is
 * not in its power.
 *
 * @param reads how many are to be judged; fewer if one is wrong
 * @param slice after how many it is judged for the first time, and again
 * @param demands the share of the reads that ask for a version, which the reader knows of
 */
record HistoryPlan(long seed, int reads, int slice, double demands) {

  /** For a subject that keeps promises. */
  static HistoryPlan of(long seed, int reads) {
    return new HistoryPlan(seed, reads, Math.min(reads, 25_000), 1 / 8.0);
  }

  /** For a subject that is expected to break one soon. */
  static HistoryPlan untilBroken(long seed, int reads, double demands) {
    return new HistoryPlan(seed, reads, Math.min(reads, 2_000), demands);
  }
}
