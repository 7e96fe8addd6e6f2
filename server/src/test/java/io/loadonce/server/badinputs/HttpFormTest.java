package io.loadonce.server.badinputs;

import static io.loadonce.server.badinputs.CallHeaders.GET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of HTTP that are no calls of gRPC, and headers that HTTP/2 forbids. */
class HttpFormTest {

  private static final CallHeaders GOOD = CallHeaders.of(GET);

  private static JudgedService judged;

  @BeforeAll
  static void start() throws Exception {
    judged = JudgedService.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "HEAD", "DELETE", "post", "PRI"})
  void call_anotherMethod_isMethodNotAllowed(String method) {
    assertThat(seen(GOOD.but(":method", method))).isEqualTo(new Seen.Ended(405, 13));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/html", "application/grpc-web", "grpc", ""})
  void call_anotherContentType_isUnsupportedMediaType(String type) {
    assertThat(seen(GOOD.but("content-type", type))).isEqualTo(new Seen.Ended(415, 13));
  }

  @Test
  void call_noContentType_isUnsupportedMediaType() {
    assertThat(seen(GOOD.without("content-type"))).isEqualTo(new Seen.Ended(415, 13));
  }

  @Test
  void call_noPath_isNotFoundAndUnimplemented() {
    assertThat(seen(GOOD.without(":path"))).isEqualTo(new Seen.Ended(404, 12));
  }

  @Test
  void call_noMethod_isMethodNotAllowed() {
    assertThat(seen(GOOD.without(":method"))).isEqualTo(new Seen.Ended(405, 13));
  }

  /** Only a warning of gRPC, which is not logged. */
  @Test
  void call_noTeTrailersOrNoScheme_isHandled() {
    assertThat(seen(GOOD.without(":scheme"))).isEqualTo(new Seen.Ended(200, 3));
    assertThat(seen(GOOD.without("te"))).isEqualTo(new Seen.Ended(200, 3));
  }

  /** HTTP/2 forbids them (RFC 9113, section 8), so the stream is reset. */
  @Test
  void call_forbiddenHeaders_areReset() {
    for (CallHeaders bad :
        new CallHeaders[] {
          GOOD.with("Upper-Case", "1"),
          GOOD.with(":path", GET),
          GOOD.withFirst(":path", "/else"),
          GOOD.with("connection", "close"),
          GOOD.with("transfer-encoding", "chunked"),
          GOOD.but("te", "gzip"),
          GOOD.with(":scheme", "https"),
          GOOD.withFirst(":status", "200"),
          GOOD.withFirst(":unknown", "1"),
          GOOD.withFirst("a", "before the pseudo-headers"),
        }) {
      assertThat(seen(bad)).as("%s", bad).isEqualTo(new Seen.Reset(Seen.PROTOCOL_ERROR));
    }
  }

  private static Seen seen(CallHeaders call) {
    return judged.judgePeer(peer -> peer.call(1, call));
  }
}
