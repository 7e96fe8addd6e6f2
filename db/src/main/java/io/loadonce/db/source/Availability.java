package io.loadonce.db.source;

import org.jspecify.annotations.Nullable;

/**
 * Whether a database can be reached, as its own loads tell: one for each database. Starts as
 * reachable. Never blocks; safe for use by many threads.
 */
public final class Availability {
  private volatile boolean unreachable;

  /**
   * A load has ended that nobody had abandoned.
   *
   * @param failure why it failed, or null if the database answered
   */
  public void ended(@Nullable SourceException failure) {
    unreachable = failure instanceof SourceException.Unavailable;
  }

  /** Whether the last load to end could not reach the database. */
  public boolean isUnreachable() {
    return unreachable;
  }
}
