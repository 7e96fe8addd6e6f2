package io.loadonce.server.cache;

/**
 * What memory holds for an id. Times are on the monotonic clock of whoever filled the cache.
 *
 * @param <V> the form in which a row is kept
 */
public sealed interface Entry<V> {

  /** When the database was asked. */
  long readNanos();

  /** Until when this entry may be given as it is. */
  long freshUntilNanos();

  default boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos() < 0;
  }

  /**
   * There was a row.
   *
   * @param refreshDueNanos when it is to be read again, while it is still given
   */
  record Row<V>(V value, long version, long readNanos, long refreshDueNanos, long freshUntilNanos)
      implements Entry<V> {}

  /** There was none. */
  record NotFound<V>(long readNanos, long freshUntilNanos) implements Entry<V> {}
}
