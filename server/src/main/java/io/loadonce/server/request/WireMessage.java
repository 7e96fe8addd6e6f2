package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;

/** A reply that knows how to write itself in the form of protobuf. Immutable; never blocks. */
interface WireMessage {

  int sizeBytes();

  /** Writes exactly {@link #sizeBytes} bytes. */
  void writeTo(OutputStream out) throws IOException;

  /** A message of generated code. */
  record Generated(MessageLite message) implements WireMessage {
    @Override
    public int sizeBytes() {
      return message.getSerializedSize();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      message.writeTo(out);
    }
  }

  /** How many bytes {@link #writeFirstField} writes before the content of field 1. */
  static int firstFieldHeadBytes(int contentBytes) {
    return CodedOutputStream.computeTagSize(1)
        + CodedOutputStream.computeUInt32SizeNoTag(contentBytes);
  }

  /** Writes the tag and the length of field 1; the content is to follow. */
  static void writeFirstField(OutputStream out, int contentBytes) throws IOException {
    out.write((1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int rest = contentBytes;
    for (; (rest & ~0x7F) != 0; rest >>>= 7) {
      out.write((rest & 0x7F) | 0x80);
    }
    out.write(rest);
  }
}
