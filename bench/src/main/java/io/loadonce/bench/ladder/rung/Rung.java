package io.loadonce.bench.ladder.rung;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;

/** One way of loading a row for many callers. Safe for use by many threads. */
public interface Rung extends AutoCloseable {

  /**
   * Returns the row. Blocks as long as the rung makes the caller wait.
   *
   * @throws SourceException if the load failed, this caller's own or the one that it waited for
   * @throws InterruptedException if the thread is interrupted while it waits for another caller
   */
  Answer get(Key id) throws SourceException, InterruptedException;

  /** Invalidates the row; called after the database has changed. May block. */
  void invalidate(Key id);

  /** Stops the background tasks. */
  @Override
  default void close() {}
}
