package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Struct;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.Value;
import com.google.protobuf.WireFormat;
import io.loadonce.db.source.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How the columns of a result are written as a {@link Struct}: byte for byte as its generated code
 * writes them in this order, without a map of them. Immutable and safe to share.
 */
final class StructEncoding {

  /** Of an entry of a map in protobuf, whatever the map. */
  private static final int KEY = 1;

  private static final int VALUE = 2;

  private final byte[][] names;
  private final int maxBytes;

  /**
   * @param maxBytes what is not exceeded, as protobuf encodes it
   */
  StructEncoding(List<String> names, int maxBytes) {
    this.maxBytes = maxBytes;
    this.names =
        names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  /**
   * @param values one for each name, in their order; not kept
   * @throws SourceException if that is larger than it may be; found before it is written
   */
  ByteString encode(Value[] values) throws SourceException {
    long size = 0;
    for (int i = 0; i < names.length; i++) {
      int entry = entryBytes(names[i], values[i]);
      size +=
          CodedOutputStream.computeTagSize(Struct.FIELDS_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(entry)
              + entry;
    }
    if (size > maxBytes) {
      throw new SourceException.InvalidRow(
          "the row has " + size + " bytes; at most " + maxBytes + " are taken");
    }
    byte[] bytes = new byte[(int) size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = 0; i < names.length; i++) {
        out.writeTag(Struct.FIELDS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(entryBytes(names[i], values[i]));
        out.writeByteArray(KEY, names[i]);
        out.writeMessage(VALUE, values[i]);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("an array has the size that was computed for it", e);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static int entryBytes(byte[] name, Value value) {
    return CodedOutputStream.computeByteArraySize(KEY, name)
        + CodedOutputStream.computeMessageSize(VALUE, value);
  }
}
