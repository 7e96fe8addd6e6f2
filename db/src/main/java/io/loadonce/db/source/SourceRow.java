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
   * @param ageNanos how old the row was when the source read it: 0 if it came from the database,
   *     more if it came from a cache in between; its time to live begins that much earlier
   */
  record Found<V>(V value, long version, long ageNanos) implements SourceRow<V> {

    /** A row that was read from the database. */
    public Found(V value, long version) {
      this(value, version, /* ageNanos= */ 0);
    }
  }

  /** There is a row, but it cannot be used; the other ids of the query are not affected. */
  record Unusable<V>(SourceException reason) implements SourceRow<V> {}

  /** The result had no room for this id; a smaller query is to ask for it again. */
  record NotRead<V>() implements SourceRow<V> {}
}
