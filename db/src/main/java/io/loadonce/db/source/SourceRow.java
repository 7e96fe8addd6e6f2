package io.loadonce.db.source;

/**
 * What one query found for one id. An id without a row has no {@code SourceRow}.
 *
 * @param <V> the form in which the caller keeps a row
 */
public sealed interface SourceRow<V> {

  /**
   * The row.
   *
   * @param version the value of the version column, 0 where none is configured
   */
  record Found<V>(V value, long version) implements SourceRow<V> {}

  /** There is a row, but it cannot be given; the other ids of the query are unharmed. */
  record Unusable<V>(SourceException reason) implements SourceRow<V> {}
}
