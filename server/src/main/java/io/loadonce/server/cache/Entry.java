package io.loadonce.server.cache;

/**
 * What memory holds for an id. Times are on the monotonic clock of whoever filled the cache.
 *
 * @param <V> the form in which a row is kept
 */
public sealed interface Entry<V> {

  /** Until when this entry may be given as it is. */
  long freshUntilNanos();

  default boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos() < 0;
  }

  /**
   * There was a row.
   *
   * @param readNanos when the database was asked for it
   */
  record Row<V>(V value, long version, long readNanos, long freshUntilNanos) implements Entry<V> {}

  /** There was none. */
  record Absent<V>(long freshUntilNanos) implements Entry<V> {}
}
