package io.loadonce.server.history;

/**
 * How a history is made. The seed determines what is read and written, but not how the threads are
 * scheduled.
 *
 * @param reads how many reads are checked; fewer if one is wrong
 * @param slice after how many reads the history is checked each time
 * @param demands the share of the reads with min_version, a version that the reader knows
 */
public record HistoryPlan(long seed, int reads, int slice, double demands) {

  /** For a subject that keeps the promises. */
  static HistoryPlan of(long seed, int reads) {
    return new HistoryPlan(seed, reads, Math.min(reads, 25_000), 1 / 8.0);
  }

  /** For a subject that is expected to break one soon. */
  public static HistoryPlan untilBroken(long seed, int reads, double demands) {
    return new HistoryPlan(seed, reads, Math.min(reads, 2_000), demands);
  }
}
