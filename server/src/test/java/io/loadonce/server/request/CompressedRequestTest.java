package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.server.RunningService;
import io.loadonce.server.ports.PortLimits;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed requests: sound, broken, and larger than they look. */
class CompressedRequestTest {

  private static final String PARIS = "2988507";
  private static final String GZIP = "gzip";

  private static RunningService service;

  /** Says that it is gzip. */
  private record NotGzip() implements Compressor {
    @Override
    public String getMessageEncoding() {
      return GZIP;
    }

    @Override
    public OutputStream compress(OutputStream bytes) {
      return bytes;
    }
  }

  enum Method {
    GET {
      @Override
      void call(ResourceServiceBlockingStub stub, String id) {
        var _ = stub.get(GetRequest.newBuilder().setId(id).build());
      }
    },
    BATCH_GET {
      @Override
      void call(ResourceServiceBlockingStub stub, String id) {
        var _ = stub.batchGet(BatchGetRequest.newBuilder().addIds(id).build());
      }
    },
    INVALIDATE {
      @Override
      void call(ResourceServiceBlockingStub stub, String id) {
        var _ = stub.invalidate(InvalidateRequest.newBuilder().addIds(id).build());
      }
    };

    abstract void call(ResourceServiceBlockingStub stub, String id);
  }

  @BeforeAll
  static void start() {
    service = RunningService.with(Map.of());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @ParameterizedTest
  @EnumSource
  void call_compressed_isAccepted(Method method) {
    assertThat(status(method, PARIS, new Codec.Gzip())).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void call_markedCompressedButPlain_isInvalidArgument(Method method) {
    assertThat(status(method, PARIS, new NotGzip())).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @EnumSource
  void call_inflatesBeyondTheLimit_isResourceExhausted(Method method) {
    assertThat(status(method, "0".repeat(PortLimits.DEFAULTS.maxRequestBytes()), new Codec.Gzip()))
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  private static Status.Code status(Method method, String id, Compressor compressor) {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(compressor);
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(service.channel().authority())
            .usePlaintext()
            .compressorRegistry(registry)
            .build();
    try {
      method.call(
          ResourceServiceGrpc.newBlockingStub(channel)
              .withCompression(GZIP)
              .withDeadlineAfter(20, TimeUnit.SECONDS),
          id);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }
}
