package io.loadonce.server.lookup;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.UnsafeByteOperations;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowList;
import io.loadonce.db.lookup.Key;
import java.io.IOException;
import java.util.List;

/**
 * A row, or a list of rows, as the cache keeps it: the encoded bytes of a {@code
 * loadonce.v1.Resource}. It is encoded once, when it is read; each reply copies the bytes.
 * Immutable.
 */
public final class EncodedRow {

  private static final int ID = io.loadonce.v1.Resource.ID_FIELD_NUMBER;
  private static final int VERSION = io.loadonce.v1.Resource.VERSION_FIELD_NUMBER;
  private static final int DATA = io.loadonce.v1.Resource.DATA_FIELD_NUMBER;
  private static final int KEY = io.loadonce.v1.Resource.KEY_FIELD_NUMBER;
  private static final int ROWS = io.loadonce.v1.Resource.ROWS_FIELD_NUMBER;

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
    return encoded(row.id(), row.version(), List.of(row.encodedData()), DATA);
  }

  /** Encodes the id and the version around the rows of a list, which are encoded already. */
  public static EncodedRow ofList(RowList list) {
    return encoded(list.id(), list.version(), list.encodedRows(), ROWS);
  }

  /** Encodes the list of an id that has no rows. */
  public static EncodedRow emptyList(Key id) {
    return encoded(id, /* version= */ 0, List.of(), ROWS);
  }

  /** Writes the fields in the order of generated code, so that the bytes are the same. */
  private static EncodedRow encoded(Key id, long version, List<ByteString> rows, int rowField) {
    List<Key> parts = id.parts();
    String single = parts.size() == 1 ? id.text() : "";
    List<String> key = parts.size() == 1 ? List.of() : parts.stream().map(Key::text).toList();
    byte[] bytes = new byte[sizeBytes(single, version, key, rows, rowField)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      if (!single.isEmpty()) {
        out.writeString(ID, single);
      }
      if (version != 0) {
        out.writeInt64(VERSION, version);
      }
      if (rowField == DATA) {
        out.writeBytes(DATA, rows.getFirst());
      }
      for (String part : key) {
        out.writeString(KEY, part);
      }
      if (rowField == ROWS) {
        for (ByteString row : rows) {
          out.writeBytes(ROWS, row);
        }
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("the computed size of a row is wrong", e);
    }
    return new EncodedRow(bytes);
  }

  private static int sizeBytes(
      String id, long version, List<String> key, List<ByteString> rows, int rowField) {
    int size = id.isEmpty() ? 0 : CodedOutputStream.computeStringSize(ID, id);
    size += version == 0 ? 0 : CodedOutputStream.computeInt64Size(VERSION, version);
    for (String part : key) {
      size += CodedOutputStream.computeStringSize(KEY, part);
    }
    for (ByteString row : rows) {
      size += CodedOutputStream.computeBytesSize(rowField, row);
    }
    return size;
  }

  /** Whether two lists of one id have the same rows, in any order. */
  public boolean hasSameRows(EncodedRow other) {
    return sortedRows().equals(other.sortedRows());
  }

  private List<ByteString> sortedRows() {
    try {
      return io.loadonce.v1.Resource.parseFrom(bytes).getRowsList().stream()
          .map(Struct::toByteString)
          .sorted(ByteString.unsignedLexicographicalComparator())
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("this class has encoded it", e);
    }
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
