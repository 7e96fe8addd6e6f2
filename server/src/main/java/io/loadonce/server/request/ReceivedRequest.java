package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request from the wire, valid or not. gRPC treats a request that cannot be parsed as a fault of
 * the server and logs its stack trace; here it is an expected case.
 *
 * @param <Q> the request
 */
sealed interface ReceivedRequest<Q> {

  /** A valid request. */
  record Parsed<Q>(Q request) implements ReceivedRequest<Q> {}

  /** The bytes are no protobuf, their text is no UTF-8, or they cannot be decompressed. */
  record Malformed<Q>() implements ReceivedRequest<Q> {}

  /** The decompressed request is larger than gRPC accepts. */
  record TooLarge<Q>() implements ReceivedRequest<Q> {}

  /** Parses the bytes of a request. */
  interface Reader<Q> {
    Q read(byte[] request) throws InvalidProtocolBufferException;
  }

  /** Returns a marshaller for requests only. */
  static <Q> Marshaller<ReceivedRequest<Q>> marshaller(Reader<Q> reader) {
    return new Marshaller<>() {
      @Override
      public ReceivedRequest<Q> parse(InputStream stream) {
        try {
          return new Parsed<>(reader.read(bytes(stream)));
        } catch (IOException _) {
          return new Malformed<>();
        } catch (StatusRuntimeException _) {
          return new TooLarge<>();
        }
      }

      @Override
      public InputStream stream(ReceivedRequest<Q> received) {
        throw new UnsupportedOperationException("a server sends no requests");
      }
    };
  }

  /** Reads all bytes, into one array of the right size if the transport knows the size. */
  private static byte[] bytes(InputStream stream) throws IOException {
    return stream instanceof KnownLength
        ? stream.readNBytes(stream.available())
        : stream.readAllBytes();
  }
}
