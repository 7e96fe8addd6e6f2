package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.reflection.v1.ServerReflectionRequest;
import io.loadonce.server.RunningService;
import io.loadonce.v1.BatchGetRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that make the service hold bytes for them. */
@Timeout(30)
class HeldBytesTest {

  private static final CallHeaders BATCH_GET =
      CallHeaders.of("/loadonce.v1.ResourceService/BatchGet");

  private static final CallHeaders REFLECTION =
      CallHeaders.of("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");

  private static final int FRAME_BYTES = 16 << 10;

  /** SETTINGS_INITIAL_WINDOW_SIZE of 0: the server may send no data. */
  private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};

  /** SETTINGS_INITIAL_WINDOW_SIZE of 64 MiB. */
  private static final byte[] LARGE_WINDOW = {0, 4, 4, 0, 0, 0};

  /** A reply without a row is a reply that must be taken, too. */
  @Test
  void batchGet_replyOfStatusesIsNotTaken_connectionIsClosed() {
    byte[] emptyIds =
        BatchGetRequest.newBuilder()
            .addAllIds(Collections.nCopies(1_000, ""))
            .build()
            .toByteArray();
    try (RunningService service = RunningService.with(Map.of("--unread-timeout", "300ms"));
        RawPeer peer = RawPeer.connect(service.grpcPort())) {
      peer.awaitPong().frame(RawPeer.SETTINGS, 0, 0, NO_WINDOW);
      peer.begin(1, BATCH_GET).end(1, RawPeer.prefixed(0, emptyIds.length, emptyIds));

      assertThat(peer.closes(Duration.ofSeconds(5))).isTrue();
    }
  }

  /** Each connection may hold 512 KiB. */
  @Test
  void batchGet_incompleteRequestsBeyondTheBudget_connectionIsClosed() {
    byte[] request = RawPeer.prefixed(0, 200_000, new byte[200_000]);
    try (RunningService service = RunningService.with(Map.of("--max-reply-bytes", "1MiB"));
        RawPeer peer = RawPeer.connect(service.grpcPort())) {
      peer.awaitPong();
      for (int stream = 1; stream <= 21; stream += 2) {
        send(peer.begin(stream, BATCH_GET), stream, request);
        peer.frame(RawPeer.RST_STREAM, 0, stream, RawPeer.number(Seen.CANCEL));
      }
      peer.awaitPong();
      for (int stream = 23; stream <= 27; stream += 2) {
        send(peer.begin(stream, BATCH_GET), stream, request);
      }

      assertThat(peer.closes(Duration.ofSeconds(5))).isTrue();
    }
  }

  /** Each of them is answered before the next one, and nothing of it is held. */
  @Test
  void reflection_manyRequestsOnOneStream_areNotAddedUp() {
    byte[] name =
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("x".repeat(200_000))
            .build()
            .toByteArray();
    try (RunningService service = RunningService.with(Map.of("--max-reply-bytes", "1MiB"));
        RawPeer peer = RawPeer.connect(service.grpcPort())) {
      peer.awaitPong()
          .frame(RawPeer.SETTINGS, 0, 0, LARGE_WINDOW)
          .frame(RawPeer.WINDOW_UPDATE, 0, 0, RawPeer.number(64 << 20))
          .begin(1, REFLECTION);
      for (int i = 0; i < 5; i++) {
        send(peer, 1, RawPeer.prefixed(0, name.length, name));
        peer.awaitPong();
      }

      assertThatCode(peer::awaitPong).doesNotThrowAnyException();
    }
  }

  private static void send(RawPeer peer, int stream, byte... request) {
    for (int at = 0; at < request.length; at += FRAME_BYTES) {
      byte[] frame = Arrays.copyOfRange(request, at, Math.min(request.length, at + FRAME_BYTES));
      peer.frame(RawPeer.DATA, 0, stream, frame);
    }
  }
}
