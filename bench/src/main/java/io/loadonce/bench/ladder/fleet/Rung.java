package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;

/** One way of loading a row on one of several instances. Safe for use by many threads. */
interface Rung extends AutoCloseable {

  /**
   * Returns the version of the row. Blocks as long as the rung lets the caller wait.
   *
   * @throws SourceException if the load failed, this caller's own or the one that it waited for
   */
  long version(Key id) throws SourceException, InterruptedException;

  /** Forgets the row on all instances; called after the database has changed. May block. */
  void invalidate(Key id) throws InterruptedException;

  /** Stops what runs in the background. */
  @Override
  default void close() {}
}
