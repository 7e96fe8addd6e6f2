package io.loadonce.server.request;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;

/**
 * What came over the wire. gRPC takes a request that cannot be parsed for a mistake of the server
 * and logs its stack trace; here it is one of the two things that can come.
 *
 * @param <Q> the request
 */
sealed interface Received<Q> {

  /** A request. */
  record Parsed<Q>(Q request) implements Received<Q> {}

  /** Bytes that are no protobuf, or text in them that is no UTF-8. */
  record Malformed<Q>() implements Received<Q> {}

  /** For requests only. */
  static <Q extends Message> Marshaller<Received<Q>> marshaller(Q defaultInstance) {
    Marshaller<Q> generated = ProtoUtils.marshaller(defaultInstance);
    return new Marshaller<>() {
      @Override
      public Received<Q> parse(InputStream stream) {
        try {
          return new Parsed<>(generated.parse(stream));
        } catch (StatusRuntimeException _) {
          return new Malformed<>();
        }
      }

      @Override
      public InputStream stream(Received<Q> received) {
        throw new UnsupportedOperationException("a server sends no requests");
      }
    };
  }
}
