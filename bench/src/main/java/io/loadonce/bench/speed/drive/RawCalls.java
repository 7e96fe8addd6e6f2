package io.loadonce.bench.speed.drive;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The methods of the contract with bytes in place of messages: requests that are encoded already,
 * replies of which only the size is read.
 */
public final class RawCalls {

  public static final MethodDescriptor<byte[], Integer> GET =
      ResourceServiceGrpc.getGetMethod().toBuilder(new EncodedRequest(), new ReplySize()).build();

  public static final MethodDescriptor<byte[], Integer> BATCH_GET =
      ResourceServiceGrpc.getBatchGetMethod().toBuilder(new EncodedRequest(), new ReplySize())
          .build();

  private RawCalls() {}

  /** A {@code GetRequest}, encoded. */
  public static byte[] get(long id) {
    return GetRequest.newBuilder().setId(Long.toString(id)).build().toByteArray();
  }

  /** A {@code BatchGetRequest} of {@code size} consecutive ids, encoded. */
  public static byte[] batchGet(long firstId, int size) {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder();
    for (int i = 0; i < size; i++) {
      request.addIds(Long.toString(firstId + i));
    }
    return request.build().toByteArray();
  }

  private static final class EncodedRequest implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] request) {
      return new KnownBytes(request);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("a driver gets no requests");
    }
  }

  private static final class ReplySize implements Marshaller<Integer> {
    @Override
    public InputStream stream(Integer reply) {
      throw new UnsupportedOperationException("a driver sends no replies");
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        return stream.available();
      } catch (IOException e) {
        throw new UncheckedIOException("a buffer does not fail", e);
      }
    }
  }

  private static final class KnownBytes extends ByteArrayInputStream implements KnownLength {
    KnownBytes(byte[] bytes) {
      super(bytes);
    }
  }
}
