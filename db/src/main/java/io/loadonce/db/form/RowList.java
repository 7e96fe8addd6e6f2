package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import io.loadonce.db.lookup.Key;
import java.util.List;

/**
 * The rows of an id that has a list of rows. Immutable.
 *
 * @param id the key that was requested
 * @param version the value of the version column, the same in all rows; 0 where none is configured
 * @param encodedRows at least one, in the order of the query; each is a {@link Struct} in the form
 *     of protobuf
 */
public record RowList(Key id, long version, List<ByteString> encodedRows) {

  public RowList {
    encodedRows = List.copyOf(encodedRows);
  }
}
