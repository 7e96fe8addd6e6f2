package io.loadonce.bench.ladder.rung;

import io.loadonce.db.form.Row;

/**
 * What a caller got, and at what cost.
 *
 * @param way what the caller did for it
 */
public record Answer(Row row, Way way) {

  /** What a caller does for its answer. */
  public enum Way {
    /** It was in memory when the caller came. */
    MEMORY,
    /** The caller sent a query, or began the load for which one was sent. */
    QUERIED,
    /** Neither: the caller was held up until another had it. */
    WAITED
  }
}
