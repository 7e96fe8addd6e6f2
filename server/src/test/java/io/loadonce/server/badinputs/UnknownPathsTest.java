package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of methods and services that are not there. */
class UnknownPathsTest {

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
  @ValueSource(
      strings = {
        "/loadonce.v1.ResourceService/Nothing",
        "/loadonce.v1.ResourceService/get",
        "/loadonce.v1.ResourceService/Get/",
        "/loadonce.v1.ResourceService/Get?id=1",
        "/loadonce.v1.ResourceService/%47et",
        "/loadonce.v1.ResourceService/../ResourceService/Get",
        "/loadonce.v1.ResourceService/",
        "/loadonce.v2.ResourceService/Get",
        "/nothing.Service/Get",
        "/grpc.health.v1.Health/Nothing",
        "/",
        "//",
        "/foo",
        "/\u0007\u001b[31m",
        "/\u00ff\u00fe",
      })
  void call_unknownPath_isUnimplemented(String path) {
    assertThat(judged.judgePeer(peer -> peer.call(1, CallHeaders.of(path))))
        .isEqualTo(new Seen.Ended(200, 12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"loadonce.v1.ResourceService/Get", "*", "http://127.0.0.1/foo"})
  void call_pathWithoutSlash_isNotFoundAndUnimplemented(String path) {
    assertThat(judged.judgePeer(peer -> peer.call(1, CallHeaders.of(path))))
        .isEqualTo(new Seen.Ended(404, 12));
  }

  @Test
  void call_pathOf4000Bytes_isUnimplemented() {
    assertThat(judged.judgePeer(peer -> peer.call(1, CallHeaders.of("/" + "a".repeat(4_000)))))
        .isEqualTo(new Seen.Ended(200, 12));
  }

  /** The checks above can fail: the right path is found. */
  @Test
  void call_knownPath_isAnotherStatus() {
    assertThat(judged.judgePeer(peer -> peer.call(1, CallHeaders.of(CallHeaders.GET))))
        .isEqualTo(new Seen.Ended(200, 3));
  }
}
