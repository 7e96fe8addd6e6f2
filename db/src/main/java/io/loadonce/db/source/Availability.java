package io.loadonce.db.source;

import org.jspecify.annotations.Nullable;

/**
 * Whether the last load that ended reached the database. There is one for each database. Safe for
 * use by many threads.
 */
public final class Availability {

  private volatile boolean unreachable;

  /**
   * Records how a load ended.
   *
   * @param failure why the load failed; null if it succeeded
   */
  public void ended(@Nullable SourceException failure) {
    boolean failed = failure instanceof SourceException.Unavailable;
    // Most loads change nothing: a read keeps the cache line shared between the loader threads.
    if (unreachable != failed) {
      unreachable = failed;
    }
  }

  /** Whether the last load that ended could not reach the database; false before the first. */
  public boolean isUnreachable() {
    return unreachable;
  }
}
