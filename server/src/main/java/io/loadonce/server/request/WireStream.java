package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A reply in the form that gRPC expects. The transport gets the length first and then lets the
 * reply write itself into the transport's buffers, in few pieces. Only the in-process transport of
 * tests reads the stream.
 */
final class WireStream extends InputStream implements Drainable, KnownLength {

  /** A marshaller for replies only. */
  static final Marshaller<WireMessage> MARSHALLER =
      new Marshaller<>() {
        @Override
        public InputStream stream(WireMessage message) {
          return new WireStream(message);
        }

        @Override
        public WireMessage parse(InputStream stream) {
          throw new UnsupportedOperationException("a server parses no replies");
        }
      };

  /** Null after it has been written. */
  private @Nullable WireMessage message;

  /** Null until the stream is read. */
  private @Nullable InputStream bytes;

  WireStream(WireMessage message) {
    this.message = message;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    if (message == null) {
      return bytes == null ? 0 : (int) bytes.transferTo(target);
    }
    int size = message.sizeBytes();
    CodedOutputStream out = CodedOutputStream.newInstance(target, message.bufferBytes());
    message.writeTo(out);
    out.flush();
    message = null;
    return size;
  }

  @Override
  public int available() throws IOException {
    if (message != null) {
      return message.sizeBytes();
    }
    return bytes == null ? 0 : bytes.available();
  }

  @Override
  public int read() throws IOException {
    return bytes().read();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return bytes().read(target, offset, length);
  }

  private InputStream bytes() throws IOException {
    InputStream known = bytes;
    if (known != null) {
      return known;
    }
    ByteArrayOutputStream copy = new ByteArrayOutputStream(available());
    drainTo(copy);
    InputStream made = new ByteArrayInputStream(copy.toByteArray());
    bytes = made;
    return made;
  }
}
