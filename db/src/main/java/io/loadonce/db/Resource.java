package io.loadonce.db;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Struct;
import java.io.IOException;

/**
 * One row. Immutable.
 *
 * @param id the key that was asked for
 * @param version the value of the version column, 0 where none is configured
 * @param encodedData the columns by name: a {@link Struct} in the form of protobuf
 */
public record Resource(ResourceId id, long version, ByteString encodedData) {

  /** More than JSON or an array can be deep: a level of theirs is two of protobuf. */
  private static final int MOST_LEVELS = 1_000;

  public Resource(ResourceId id, long version, Struct data) {
    this(id, version, data.toByteString());
  }

  /** The columns by name, decoded anew by each call. */
  public Struct data() {
    CodedInputStream encoded = encodedData.newCodedInput();
    encoded.setRecursionLimit(MOST_LEVELS);
    try {
      return Struct.parseFrom(encoded);
    } catch (IOException e) {
      throw new IllegalStateException("encodedData is no Struct", e);
    }
  }
}
