package io.loadonce.db.form;

import com.google.protobuf.Value;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.util.List;

/**
 * The form in which rows are cached: turns the columns of a row into one value. Safe for use by
 * many threads.
 *
 * @param <V> the cached value of a row
 */
@FunctionalInterface
public interface RowForm<V> {

  /**
   * Returns the encoder for results with these columns. It is called again when the columns change.
   *
   * @param maxBytes the largest encoded row that is accepted
   */
  Encoder<V> encoder(List<String> columns, int maxBytes);

  /** Encodes rows that have the same columns. Safe for use by many threads. */
  @FunctionalInterface
  interface Encoder<V> {

    /**
     * Encodes one row.
     *
     * @param version the value of the version column, 0 where none is configured
     * @param values one for each column, in the order of the columns; must not be kept
     * @throws SourceException if this row cannot be encoded, for example because it is too large
     */
    V encode(Key id, long version, Value[] values) throws SourceException;
  }
}
