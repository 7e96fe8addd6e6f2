package io.loadonce.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.loadonce.server.RunningService;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limits of a connection, over real sockets. */
@Timeout(60)
class ConnectionLimitsTest {

  /** The first bytes of an HTTP/2 client, with empty SETTINGS. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);

  private static final int SILENCE_MILLIS = 10_000;

  @Test
  void connection_oneTooMany_isClosedAndTheOthersAreServed() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--max-connections", "2"))) {
      assertThat(answers(service.channel())).isTrue();
      try (Socket second = connect(service)) {
        assertThat(second.getInputStream().read()).as("SETTINGS").isNotNegative();
        try (Socket third = connect(service)) {
          assertThat(isClosed(third)).isTrue();
        }
        assertThat(answers(service.channel())).isTrue();
      }
      await().untilAsserted(() -> assertServed(service));
    }
  }

  @Test
  void connection_oneTooManyFromOneAddress_isClosed() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--max-connections-per-peer", "1"))) {
      assertThat(answers(service.channel())).isTrue();
      try (Socket second = connect(service)) {
        assertThat(isClosed(second)).isTrue();
      }
      assertThat(answers(service.channel())).isTrue();
    }
  }

  @Test
  void request_overTheLimit_isExhausted() {
    try (RunningService service = RunningService.with(Map.of("--max-request-bytes", "1KiB"))) {
      BatchGetRequest large =
          BatchGetRequest.newBuilder().addIds("7".repeat(200)).addIds("8".repeat(900)).build();

      assertThatThrownBy(() -> service.stub().batchGet(large))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageStartingWith("RESOURCE_EXHAUSTED");
      assertThat(answers(service.channel())).isTrue();
    }
  }

  @Test
  void metadata_overTheLimit_isRefused() {
    try (RunningService service = RunningService.with(Map.of("--max-metadata-bytes", "1KiB"))) {
      assertThatThrownBy(() -> getWithMetadata(service))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageStartingWith("INTERNAL");
      assertThat(answers(service.channel())).isTrue();
    }
  }

  /** The check above can fail: within the default limit the same call is answered. */
  @Test
  void metadata_withinTheLimit_isAccepted() {
    try (RunningService service = RunningService.with(Map.of())) {
      assertThat(getWithMetadata(service).hasResource()).isTrue();
    }
  }

  @Test
  void connection_reachesItsAge_isReplacedWithoutAFailedCall() throws Exception {
    Map<String, String> flags = Map.of("--max-connection-age", "300ms");
    try (RunningService service = RunningService.with(flags);
        Socket aged = connect(service)) {
      long untilNanos = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      while (System.nanoTime() - untilNanos < 0) {
        assertThat(answers(service.channel())).isTrue();
      }
      assertThat(frameTypes(aged)).as("GOAWAY").contains(7);
    }
  }

  @Test
  void connection_idleTooLong_isClosed() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--max-connection-idle", "1s"));
        Socket idle = connect(service)) {
      assertThat(frameTypes(idle)).as("GOAWAY").contains(7);
    }
  }

  /** A client that answers nothing, not even the PING of the GOAWAY. */
  @Test
  void drain_clientIsSilent_isNotWaitedFor() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--drain-timeout", "30s"));
        Socket silent = connect(service);
        Socket mute = new Socket(InetAddress.getLoopbackAddress(), service.grpcPort())) {
      assertThat(silent.getInputStream().read()).isNotNegative();
      assertThat(mute.isConnected()).isTrue();
      long begin = System.nanoTime();

      assertThat(service.drain()).isTrue();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void drain_wait_callsAreAcceptedMeanwhile() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--drain-wait", "2s"))) {
      assertThat(answers(service.channel())).isTrue();
      long begin = System.nanoTime();
      Thread drain = Thread.ofPlatform().start(service::drain);
      await().until(() -> !service.isServing());

      ManagedChannel fresh =
          NettyChannelBuilder.forAddress("127.0.0.1", service.grpcPort()).usePlaintext().build();
      try {
        assertThat(answers(fresh)).isTrue();
      } finally {
        fresh.shutdownNow();
      }
      drain.join();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
    }
  }

  private static GetResponse getWithMetadata(RunningService service) {
    Metadata large = new Metadata();
    large.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(2_000));
    return service
        .stub()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(large))
        .get(GetRequest.newBuilder().setId("2988507").build());
  }

  private static void assertServed(RunningService service) throws IOException {
    try (Socket again = connect(service)) {
      assertThat(isClosed(again)).isFalse();
    }
  }

  private static Socket connect(RunningService service) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.grpcPort());
    socket.setSoTimeout(SILENCE_MILLIS);
    try {
      socket.getOutputStream().write(PREFACE);
    } catch (IOException _) {
      // The server has closed the connection already; the test reads that from it.
    }
    return socket;
  }

  /** Whether the server closes the connection without a byte. */
  private static boolean isClosed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException _) {
      return true;
    }
  }

  /** The types of the frames that the server sends until it closes the connection or is silent. */
  private static List<Integer> frameTypes(Socket socket) {
    List<Integer> types = new ArrayList<>();
    try {
      InputStream in = socket.getInputStream();
      while (!types.contains(7)) {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
          break;
        }
        types.add((int) head[3]);
        in.skipNBytes(((head[0] & 0xFF) << 16) | ((head[1] & 0xFF) << 8) | (head[2] & 0xFF));
      }
    } catch (IOException _) {
      // Closed, or silent.
    }
    return types;
  }

  private static boolean answers(ManagedChannel channel) {
    try {
      return ResourceServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setId("2988507").build())
          .hasResource();
    } catch (StatusRuntimeException e) {
      throw new AssertionError(Status.fromThrowable(e).toString(), e);
    }
  }
}
