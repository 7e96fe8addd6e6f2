package io.loadonce.bench.ladder.rung;

import io.loadonce.db.ResourceId;
import io.loadonce.db.SourceException;

/** One way of loading a row for many callers. Safe for use by many threads. */
public interface Rung extends AutoCloseable {

  /**
   * Gives the row. Blocks as long as the rung lets the caller wait.
   *
   * @throws SourceException if the load failed, this caller's own or the one that it waited for
   * @throws InterruptedException if the thread is interrupted while it waits for another caller
   */
  Answer get(ResourceId id) throws SourceException, InterruptedException;

  /** Forgets the row; called after the database has changed. May block. */
  void invalidate(ResourceId id);

  /** Stops what runs in the background. */
  @Override
  default void close() {}
}
