package io.loadonce.db.source;

import java.util.Map;

/**
 * One query that is run at most once.
 *
 * @param <K> the key of a row
 * @param <V> the form in which the caller keeps a row
 */
public interface SourceQuery<K, V> {

  /**
   * Sends the query. Blocks first for a connection, then for the rows; a time-out of the source
   * bounds each of them.
   *
   * @return what was found, by id; an id that is absent has no row
   * @throws SourceException if the query as a whole failed, which holds for each of its ids
   */
  Map<K, SourceRow<V>> run() throws SourceException;

  /** Where the time of {@link #run} went, as far as it is known; for the thread that has run it. */
  default Times times() {
    return Times.UNKNOWN;
  }

  /**
   * Where the time of a query went.
   *
   * @param connectionNanos the wait for a connection
   * @param queryNanos from the statement to its first rows
   * @param rowsNanos reading the rows and encoding them
   */
  record Times(long connectionNanos, long queryNanos, long rowsNanos) {
    static final Times UNKNOWN = new Times(0, 0, 0);
  }

  /**
   * Tells the database to stop; {@link #run} then ends soon, and its result must not be used. May
   * be called from any thread at any time, more than once, before {@code run} and after it. May
   * block for a round trip to the database, and then for a second until the query has ended. Never
   * throws.
   */
  void cancel();
}
