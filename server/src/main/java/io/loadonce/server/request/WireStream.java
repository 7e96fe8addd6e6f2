package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * A reply as gRPC takes it: it asks for the length, and has all bytes written into its buffers by
 * one call.
 */
final class WireStream extends ByteArrayInputStream implements Drainable, KnownLength {

  /** For replies only. */
  static final Marshaller<WireMessage> MARSHALLER =
      new Marshaller<>() {
        @Override
        public InputStream stream(WireMessage message) {
          return new WireStream(bytes(message));
        }

        @Override
        public WireMessage parse(InputStream stream) {
          throw new UnsupportedOperationException("a server parses no replies");
        }
      };

  private WireStream(byte[] bytes) {
    super(bytes);
  }

  /** Unlike {@link #transferTo}, which does not trust its target, without another copy. */
  @Override
  public int drainTo(OutputStream target) throws IOException {
    int length = available();
    target.write(buf, pos, length);
    pos = count;
    return length;
  }

  private static byte[] bytes(WireMessage message) {
    byte[] bytes = new byte[message.sizeBytes()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the right size takes it all", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
