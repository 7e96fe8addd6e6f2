package io.loadonce.server.cache;

/**
 * What the cache keeps for one id. Times are on the monotonic clock of the engine.
 *
 * @param <V> the form in which a row is kept
 */
public sealed interface Entry<V> {

  /** When the database was queried. */
  long readNanos();

  /** When this entry expires. */
  long freshUntilNanos();

  default boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos() < 0;
  }

  /**
   * The database had a row.
   *
   * @param refreshDueNanos when it is due for a refresh in the background
   */
  record Row<V>(V value, long version, long readNanos, long refreshDueNanos, long freshUntilNanos)
      implements Entry<V> {}

  /** The database had no row: a cached "not found". */
  record NotFound<V>(long readNanos, long freshUntilNanos) implements Entry<V> {}
}
