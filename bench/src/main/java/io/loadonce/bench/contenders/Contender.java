package io.loadonce.bench.contenders;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;

/** One way of loading a row for many callers. Safe for use by many threads. */
public interface Contender extends AutoCloseable {

  /**
   * Returns the row. Blocks as long as the contender lets the caller wait.
   *
   * @throws SourceException if the load failed, this caller's own or the one that it waited for
   * @throws InterruptedException if the thread is interrupted while it waits for another caller
   */
  Answer get(Key id) throws SourceException, InterruptedException;

  /** Forgets the row; called after the database has changed. May block. */
  void invalidate(Key id);

  /** Stops what runs in the background. */
  @Override
  default void close() {}
}
