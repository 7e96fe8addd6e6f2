package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What came over the wire. gRPC takes a request that cannot be parsed for a mistake of the server
 * and logs its stack trace; here it is one of the things that can come.
 *
 * @param <Q> the request
 */
sealed interface ReceivedRequest<Q> {

  /** A request. */
  record Parsed<Q>(Q request) implements ReceivedRequest<Q> {}

  /** Bytes that are no protobuf, text in them that is no UTF-8, or a compression that is broken. */
  record Malformed<Q>() implements ReceivedRequest<Q> {}

  /** More than gRPC takes, found when it was decompressed. */
  record TooLarge<Q>() implements ReceivedRequest<Q> {}

  /** From the bytes of a request to what it asks for. */
  interface Reader<Q> {
    Q read(byte[] request) throws InvalidProtocolBufferException;
  }

  /** For requests only. */
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

  /** All of it; in one array of its size, where the transport knows that. */
  private static byte[] bytes(InputStream stream) throws IOException {
    return stream instanceof KnownLength
        ? stream.readNBytes(stream.available())
        : stream.readAllBytes();
  }
}
