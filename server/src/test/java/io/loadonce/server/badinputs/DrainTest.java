package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.RunningService;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that goes on after it was asked to stop. */
@Timeout(60)
class DrainTest {

  private static final CallHeaders WATCH = CallHeaders.of("/grpc.health.v1.Health/Watch");

  @Test
  void drain_streamOpensAfterTheGoAway_isEndedAndNotWaitedFor() throws Exception {
    try (RunningService service = RunningService.with(Map.of("--drain-timeout", "30s"));
        RawPeer peer = RawPeer.connect(service.grpcPort())) {
      peer.awaitPong();
      CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(service::drain);
      assertThat(peer.ending()).isInstanceOf(Seen.GoAway.class);

      peer.begin(1, WATCH).end(1, RawPeer.prefixed(0, 0));

      assertThat(peer.seen(1, Duration.ofSeconds(5))).isEqualTo(new Seen.Ended(200, 14));
      assertThat(drained.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }
}
