package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.loadonce.db.lookup.Key;

/**
 * One row. Immutable.
 *
 * @param id the key that was asked for
 * @param version the value of the version column, 0 where none is configured
 * @param encodedData the columns by name: a {@link Struct} in the form of protobuf
 */
public record Row(Key id, long version, ByteString encodedData) {

  public Row(Key id, long version, Struct data) {
    this(id, version, data.toByteString());
  }

  /** The columns by name, decoded anew by each call. */
  public Struct data() {
    try {
      return Struct.parseFrom(encodedData);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("encodedData is no Struct", e);
    }
  }
}
