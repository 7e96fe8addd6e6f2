package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.v1.GetRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What a Get asks for. A request that is nothing but a short id in ASCII, as nearly all are, is
 * read without the objects that the generated parser makes on its way; every other goes through it.
 *
 * @param minVersion {@link LoadOnce#ANY_VERSION} if none is asked for
 */
record GetQuery(String id, long minVersion) {

  private static final int HEAD_BYTES = 2;
  private static final int MAX_PLAIN_ID_BYTES = 0x7F;
  private static final byte ID_TAG =
      (GetRequest.ID_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** For requests only. */
  static Marshaller<Received<GetQuery>> marshaller() {
    return new Marshaller<>() {
      @Override
      public Received<GetQuery> parse(InputStream stream) {
        try {
          return new Received.Parsed<>(of(bytes(stream)));
        } catch (InvalidProtocolBufferException _) {
          return new Received.Malformed<>();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public InputStream stream(Received<GetQuery> received) {
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

  static GetQuery of(byte[] request) throws InvalidProtocolBufferException {
    if (isPlain(request)) {
      int length = request.length - HEAD_BYTES;
      String id = new String(request, HEAD_BYTES, length, StandardCharsets.ISO_8859_1);
      return new GetQuery(id, LoadOnce.ANY_VERSION);
    }
    GetRequest parsed = GetRequest.parseFrom(request);
    return new GetQuery(
        parsed.getId(), parsed.hasMinVersion() ? parsed.getMinVersion() : LoadOnce.ANY_VERSION);
  }

  private static boolean isPlain(byte[] request) {
    int idBytes = request.length - HEAD_BYTES;
    if (idBytes < 0
        || idBytes > MAX_PLAIN_ID_BYTES
        || request[0] != ID_TAG
        || request[1] != idBytes) {
      return false;
    }
    for (int i = HEAD_BYTES; i < request.length; i++) {
      if (request[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
