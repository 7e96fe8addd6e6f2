package io.loadonce.server.lookup;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.loadonce.db.form.Row;
import java.io.IOException;

/**
 * A row as the cache keeps it: the encoded bytes of a {@code loadonce.v1.Resource}. A row is
 * encoded once, when it is read; each reply copies the bytes. Immutable.
 */
public final class EncodedRow {

  private static final int ID = io.loadonce.v1.Resource.ID_FIELD_NUMBER;
  private static final int VERSION = io.loadonce.v1.Resource.VERSION_FIELD_NUMBER;
  private static final int DATA = io.loadonce.v1.Resource.DATA_FIELD_NUMBER;

  private final byte[] bytes;

  private EncodedRow(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns a row of bytes that are encoded already; copies them. */
  public static EncodedRow copyOf(byte[] encoded) {
    return new EncodedRow(encoded.clone());
  }

  /** Encodes the id and the version in front of the columns, which are encoded already. */
  public static EncodedRow of(Row row) {
    String id = row.id().text();
    long version = row.version();
    ByteString data = row.encodedData();
    int size =
        CodedOutputStream.computeStringSize(ID, id)
            + (version == 0 ? 0 : CodedOutputStream.computeInt64Size(VERSION, version))
            + CodedOutputStream.computeBytesSize(DATA, data);
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeString(ID, id);
      if (version != 0) {
        out.writeInt64(VERSION, version);
      }
      out.writeBytes(DATA, data);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("the computed size of a row is wrong", e);
    }
    return new EncodedRow(bytes);
  }

  /** Returns the bytes without copying them. */
  public ByteString bytes() {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Returns the size of the bytes, without the entry around them. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** Writes the row as a field of a reply, with its tag and length. */
  public void writeTo(CodedOutputStream out, int field) throws IOException {
    // writeBytes of a ByteString would flush the buffer for each row.
    out.writeByteArray(field, bytes);
  }
}
