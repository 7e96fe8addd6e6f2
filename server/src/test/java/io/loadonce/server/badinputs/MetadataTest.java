package io.loadonce.server.badinputs;

import static io.loadonce.server.badinputs.RawPeer.CONTINUATION;
import static io.loadonce.server.badinputs.RawPeer.END_HEADERS;
import static io.loadonce.server.badinputs.RawPeer.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata that is too large, or holds what no header may hold. */
class MetadataTest {

  private static final CallHeaders GOOD = CallHeaders.of(CallHeaders.GET);

  /** The call reached its method, which found no id in its empty request. */
  private static final Seen HANDLED = new Seen.Ended(200, 3);

  private static final int MAX_FRAME = 16_384;

  private static JudgedService judged;

  @BeforeAll
  static void start() throws Exception {
    judged = JudgedService.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  @Test
  void call_9KilobytesOfMetadata_isRefusedByItsSize() {
    assertThat(seen(GOOD.with("a", "x".repeat(9_000))))
        .isEqualTo(new Seen.Ended(431, Seen.NO_STATUS));
  }

  @Test
  void call_400SmallHeaders_areRefusedByTheirSize() {
    CallHeaders many = GOOD;
    for (int i = 0; i < 400; i++) {
      many = many.with("a" + i, "1");
    }
    assertThat(seen(many)).isEqualTo(new Seen.Ended(431, Seen.NO_STATUS));
  }

  /** After a refusal for the size the connection serves its next call. */
  @Test
  void call_afterTooMuchMetadata_isHandled() {
    assertThat(
            judged.judgePeer(
                peer -> {
                  assertThat(peer.call(1, GOOD.with("a", "x".repeat(9_000))))
                      .isInstanceOf(Seen.Ended.class);
                  return peer.call(3, GOOD);
                }))
        .isEqualTo(HANDLED);
  }

  @Test
  void call_60KilobytesOfMetadata_closesThisConnectionOnly() {
    byte[] block = GOOD.with("a", "x".repeat(60_000)).encoded();

    assertThat(judged.judgePeer(peer -> inPieces(peer, block).ending()))
        .isInstanceOf(Seen.GoAway.class);
  }

  /** CVE-2024-24549 and its like: header blocks that never end. */
  @Test
  void call_continuationsWithoutEnd_closeTheConnection() {
    assertThat(
            judged.judgePeer(
                peer ->
                    peer.frame(HEADERS, 0, 1, GOOD.encoded())
                        .frames(20_000, CONTINUATION, 0, 1)
                        .ending()))
        .isInstanceOf(Seen.GoAway.class);
  }

  /** Octets that would begin a line of their own in a log. */
  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nb", "a\nWARN b", "a\u0000b", "\u001b[31m", "\u00e9", "\u0007", " a "})
  void call_controlCharactersInAValue_areNotLogged(String value) {
    assertThat(seen(GOOD.with("a", value)))
        .isIn(HANDLED, new Seen.Reset(Seen.PROTOCOL_ERROR), new Seen.Ended(400, 13));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\nb", "a\u0000", "\u00e9", "a:b", "(", "a\u007f"})
  void call_forbiddenCharactersInAName_hurtNobody(String name) {
    assertThat(seen(GOOD.with(name, "1")))
        .isIn(HANDLED, new Seen.Reset(Seen.PROTOCOL_ERROR), new Seen.Ended(400, 13));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "====", "a", "\u00e9", ""})
  void call_binaryHeaderIsNoBase64_hurtsNobody(String value) {
    assertThat(seen(GOOD.with("trace-bin", value).with("grpc-trace-bin", value)))
        .isIn(HANDLED, new Seen.Reset(Seen.PROTOCOL_ERROR));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc-status",
        "grpc-message",
        "grpc-encoding",
        "grpc-accept-encoding",
        "host",
        "content-length",
        "user-agent",
        "cookie"
      })
  void call_reservedHeaderWithNonsense_hurtsNobody(String name) {
    assertThat(seen(GOOD.with(name, "%00%zz\u00ff")))
        .isIn(
            HANDLED,
            new Seen.Ended(200, 12),
            new Seen.Ended(400, 13),
            new Seen.Reset(Seen.PROTOCOL_ERROR));
  }

  private static Seen seen(CallHeaders call) {
    return judged.judgePeer(peer -> peer.call(1, call));
  }

  private static RawPeer inPieces(RawPeer peer, byte[] block) {
    for (int at = 0; at < block.length; at += MAX_FRAME) {
      int end = Math.min(at + MAX_FRAME, block.length);
      peer.frame(
          at == 0 ? HEADERS : CONTINUATION,
          end == block.length ? END_HEADERS : 0,
          1,
          Arrays.copyOfRange(block, at, end));
    }
    return peer;
  }
}
