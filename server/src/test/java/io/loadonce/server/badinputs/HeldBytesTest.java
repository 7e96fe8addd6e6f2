package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.RunningService;
import io.loadonce.v1.BatchGetRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that make the service hold bytes for them. */
@Timeout(30)
class HeldBytesTest {

  private static final CallHeaders BATCH_GET =
      CallHeaders.of("/loadonce.v1.ResourceService/BatchGet");

  /** SETTINGS_INITIAL_WINDOW_SIZE of 0: the server may send no data. */
  private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};

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
}
