package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.loadonce.server.RunningService;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** gRPC's own services have the limits of ours. */
class OpenStreamsTest {

  /** Field 1, a string of 100 bytes, of which none follows. */
  private static final byte[] CUT_SHORT = {10, 100};

  /** Field 1, a string of one byte that is no UTF-8. */
  private static final byte[] NO_UTF8 = {10, 1, (byte) 0xFF};

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc.health.v1.Health/Check",
        "grpc.health.v1.Health/Watch",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "grpc.channelz.v1.Channelz/GetTopChannels",
      })
  void request_malformed_isTheCallersMistakeAndNotLogged(String method) throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    try (RunningService service = RunningService.with(Map.of("--channelz", "true"))) {
      log.start();
      root.addAppender(log);

      assertThat(ending(service, method, CUT_SHORT).getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      if (!method.contains("channelz")) {
        assertThat(ending(service, method, NO_UTF8).getCode())
            .isEqualTo(Status.Code.INVALID_ARGUMENT);
      }

      assertThat(log.list).isEmpty();
    } finally {
      root.detachAppender(log);
    }
  }

  @Test
  void request_tooLargeWhenDecompressed_isExhausted() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--max-request-bytes", "4KiB"))) {
      ClientCall<byte[], byte[]> call = call(service, "grpc.health.v1.Health/Check", "gzip");
      CompletableFuture<Status> ending = start(call);
      call.setMessageCompression(true);
      call.sendMessage(new byte[100_000]);
      call.halfClose();

      assertThat(ending.get(20, TimeUnit.SECONDS).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void request_neverArrives_endsAtTheCallTimeout() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--call-timeout", "300ms"))) {
      CompletableFuture<Status> ending =
          start(call(service, "grpc.health.v1.Health/Check", "identity"));

      assertThat(ending.get(20, TimeUnit.SECONDS).getCode())
          .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
  }

  /** The check above can fail: with a limit of an hour the call is still open. */
  @Test
  void request_neverArrivesPlantedLimitOfAnHour_staysOpen() {
    try (RunningService service = RunningService.with(Map.of("--call-timeout", "1h"))) {
      CompletableFuture<Status> ending =
          start(call(service, "grpc.health.v1.Health/Check", "identity"));

      long untilNanos = System.nanoTime() + Duration.ofMillis(600).toNanos();
      await().until(() -> ending.isDone() || System.nanoTime() - untilNanos >= 0);
      assertThat(ending).isNotDone();
    }
  }

  @Test
  void watch_tooManyOnOneConnection_isExhausted() {
    try (RunningService service = RunningService.with(Map.of())) {
      List<CompletableFuture<Status>> endings = new ArrayList<>();
      for (int i = 0; i < OpenStreams.MAX_PER_CONNECTION + 10; i++) {
        endings.add(watch(service.channel()));
      }
      await().until(() -> endings.stream().filter(CompletableFuture::isDone).count() == 10);

      assertThat(endings)
          .filteredOn(CompletableFuture::isDone)
          .allSatisfy(
              ending ->
                  assertThat(ending.join().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }
  }

  /** Clients who keep very many streams open must not make the service look dead. */
  @Test
  void check_tooManyStreamsOnAllConnections_isStillBegun() {
    OpenStreams streams = new OpenStreams(Duration.ofMinutes(1), System::nanoTime);
    for (int i = 0; i < OpenStreams.MAX_STREAMS; i++) {
      assertThat(ending(streams, HealthGrpc.getWatchMethod())).isNotDone();
    }

    assertThat(ending(streams, HealthGrpc.getWatchMethod()))
        .isCompletedWithValue(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(ending(streams, HealthGrpc.getCheckMethod())).isNotDone();
  }

  /** Begins a call without a network. */
  private static <Q, R> CompletableFuture<Status.Code> ending(
      OpenStreams streams, MethodDescriptor<Q, R> method) {
    CompletableFuture<Status.Code> ending = new CompletableFuture<>();
    var _ =
        streams.interceptCall(
            new ServerCall<Q, R>() {
              @Override
              public void request(int messages) {}

              @Override
              public void sendHeaders(Metadata headers) {}

              @Override
              public void sendMessage(R message) {}

              @Override
              public void close(Status status, Metadata trailers) {
                ending.complete(status.getCode());
              }

              @Override
              public boolean isCancelled() {
                return false;
              }

              @Override
              public MethodDescriptor<Q, R> getMethodDescriptor() {
                return method;
              }
            },
            new Metadata(),
            (_, _) -> new ServerCall.Listener<>() {});
    return ending;
  }

  private static CompletableFuture<Status> watch(ManagedChannel channel) {
    ClientCall<HealthCheckRequest, HealthCheckResponse> call =
        channel.newCall(HealthGrpc.getWatchMethod(), CallOptions.DEFAULT);
    CompletableFuture<Status> ending = start(call);
    call.sendMessage(HealthCheckRequest.getDefaultInstance());
    call.halfClose();
    return ending;
  }

  private static Status ending(RunningService service, String method, byte[] request)
      throws Exception {
    ClientCall<byte[], byte[]> call = call(service, method, "identity");
    CompletableFuture<Status> ending = start(call);
    call.sendMessage(request);
    call.halfClose();
    return ending.get(20, TimeUnit.SECONDS);
  }

  private static ClientCall<byte[], byte[]> call(
      RunningService service, String method, String compressor) {
    return service
        .channel()
        .newCall(
            MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodType.BIDI_STREAMING)
                .setFullMethodName(method)
                .build(),
            CallOptions.DEFAULT.withCompression(compressor));
  }

  private static CompletableFuture<Status> start(ClientCall<?, ?> call) {
    CompletableFuture<Status> ending = new CompletableFuture<>();
    start(call, ending);
    call.request(100);
    return ending;
  }

  private static <R> void start(ClientCall<?, R> call, CompletableFuture<Status> ending) {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ending.complete(status);
          }
        },
        new Metadata());
  }
}
