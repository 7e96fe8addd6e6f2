package io.loadonce.bench.speed.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.bench.speed.contender.EchoPort;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

  private static final Duration MOST = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final int CALLS = 500;

  @Test
  void run_untilRequestsEnd_countsEachAnswer() throws Exception {
    try (EchoPort echo = EchoPort.open(/* replyBytes= */ 10);
        ClosedLoop loop = new ClosedLoop(echo.port(), /* connections= */ 2)) {
      Driven driven =
          loop.run(
              RawCalls.GET,
              Requests.once(Requests.gets(0, CALLS, CALLS)),
              /* inFlight= */ 20,
              MOST);

      assertThat(driven.calls()).isEqualTo(CALLS);
    }
  }

  @Test
  void run_unknownMethod_isAnError() throws Exception {
    try (EchoPort echo = EchoPort.open(/* replyBytes= */ 10);
        ClosedLoop loop = new ClosedLoop(echo.port(), /* connections= */ 2)) {
      assertThatThrownBy(() -> loop.run(RawCalls.BATCH_GET, () -> new byte[0], 20, MOST))
          .hasMessageContaining("a call failed")
          .hasMessageContaining("UNIMPLEMENTED");
    }
  }

  @Test
  void run_emptyReplies_isAnError() throws Exception {
    try (EchoPort echo = EchoPort.open(/* replyBytes= */ 0);
        ClosedLoop loop = new ClosedLoop(echo.port(), /* connections= */ 2)) {
      assertThatThrownBy(() -> loop.run(RawCalls.GET, () -> new byte[0], 20, MOST))
          .hasMessageContaining("DATA_LOSS");
    }
  }

  @Test
  void connect_closedPort_isAnError() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(/* port= */ 0)) {
      port = taken.getLocalPort();
    }
    assertThatThrownBy(() -> new ClosedLoop(port, /* connections= */ 2, SHORT))
        .hasMessage("no connection to 127.0.0.1:" + port);
  }

  @Test
  void connect_serverIsSilent_leavesNoConnectionOpen() throws Exception {
    try (ServerSocket silent = new ServerSocket(/* port= */ 0)) {
      silent.setSoTimeout(Math.toIntExact(MOST.toMillis()));
      assertThatThrownBy(() -> new ClosedLoop(silent.getLocalPort(), /* connections= */ 1, SHORT))
          .hasMessageContaining("no connection to");
      try (Socket accepted = silent.accept()) {
        accepted.setSoTimeout(Math.toIntExact(MOST.toMillis()));
        assertThat(accepted.getInputStream().readAllBytes()).isNotEmpty();
      }
    }
  }
}
