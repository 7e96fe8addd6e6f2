package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** A reply that can write itself as protobuf. Immutable; never blocks. */
interface WireMessage {

  /** A larger message is passed to the transport in several pieces. */
  int MAX_BUFFER_BYTES = 64 << 10;

  int sizeBytes();

  /** Returns how many bytes are passed to the transport in one piece. */
  default int bufferBytes() {
    return Math.min(sizeBytes(), MAX_BUFFER_BYTES);
  }

  /** Writes exactly {@link #sizeBytes} bytes. */
  void writeTo(CodedOutputStream out) throws IOException;

  /** A message of generated code. */
  record Generated(MessageLite message) implements WireMessage {
    @Override
    public int sizeBytes() {
      return message.getSerializedSize();
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      message.writeTo(out);
    }
  }
}
