package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.util.List;

/**
 * The form in which rows are cached: turns the columns of one row, or of a list of rows, into one
 * value. Safe for use by many threads.
 *
 * @param <V> the cached value of an id
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
  interface Encoder<V> {

    /**
     * Encodes the columns of one row.
     *
     * @param values one for each column, in the order of the columns; must not be kept
     * @throws SourceException if this row cannot be encoded, for example because it is too large
     */
    ByteString encode(Value[] values) throws SourceException;

    /**
     * Returns the value of an id that has one row.
     *
     * @param version the value of the version column, 0 where none is configured
     */
    V one(Key id, long version, ByteString row);

    /**
     * Returns the value of an id that has a list of rows, with at least one in it.
     *
     * @param version the value of the version column, the same in all rows; 0 where none is
     *     configured
     * @param rows in the order of the query
     */
    V many(Key id, long version, List<ByteString> rows);
  }
}
