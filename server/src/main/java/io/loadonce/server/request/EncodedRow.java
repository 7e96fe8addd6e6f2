package io.loadonce.server.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.loadonce.db.form.Row;
import java.io.IOException;

/**
 * A row as it is kept in memory: the encoded bytes of a {@code loadonce.v1.Row}. Encoded once, when
 * the row is read, and copied to the wire from then on. Immutable.
 */
public final class EncodedRow {

  private static final int ID = io.loadonce.v1.Resource.ID_FIELD_NUMBER;
  private static final int VERSION = io.loadonce.v1.Resource.VERSION_FIELD_NUMBER;
  private static final int DATA = io.loadonce.v1.Resource.DATA_FIELD_NUMBER;

  private final byte[] bytes;

  private EncodedRow(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes bytes that are encoded already; they are copied. */
  public static EncodedRow copyOf(byte[] encoded) {
    return new EncodedRow(encoded.clone());
  }

  /** Puts the id and the version before the columns, which are encoded already. Never blocks. */
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
      throw new IllegalStateException("an array has the size that was computed for it", e);
    }
    return new EncodedRow(bytes);
  }

  /** The same bytes, for reading. */
  public ByteString bytes() {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** What it costs in memory, apart from the entry around it. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** Writes it as a field of a reply, its tag and length before it. */
  void writeTo(CodedOutputStream out, int field) throws IOException {
    // Unlike writeBytes of a ByteString, which leaves the buffer for each.
    out.writeByteArray(field, bytes);
  }
}
