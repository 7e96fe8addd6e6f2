package io.loadonce.bench.contenders;

import io.loadonce.db.form.Row;

/**
 * The row that a caller got, and how.
 *
 * @param way what the caller did for it
 */
public record Answer(Row row, Way way) {

  /** How a caller gets its row. */
  public enum Way {
    /** A hit: the row was cached. */
    MEMORY,
    /** The caller sent a query, or began the load for which one was sent. */
    QUERIED,
    /** The caller waited until another had loaded the row. */
    WAITED
  }
}
