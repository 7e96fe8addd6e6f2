package io.loadonce.server.badinputs;

import static io.loadonce.server.badinputs.RawPeer.ACK;
import static io.loadonce.server.badinputs.RawPeer.CONTINUATION;
import static io.loadonce.server.badinputs.RawPeer.DATA;
import static io.loadonce.server.badinputs.RawPeer.END_HEADERS;
import static io.loadonce.server.badinputs.RawPeer.GOAWAY;
import static io.loadonce.server.badinputs.RawPeer.HEADERS;
import static io.loadonce.server.badinputs.RawPeer.PING;
import static io.loadonce.server.badinputs.RawPeer.PRIORITY;
import static io.loadonce.server.badinputs.RawPeer.PUSH_PROMISE;
import static io.loadonce.server.badinputs.RawPeer.RST_STREAM;
import static io.loadonce.server.badinputs.RawPeer.SETTINGS;
import static io.loadonce.server.badinputs.RawPeer.WINDOW_UPDATE;
import static io.loadonce.server.badinputs.RawPeer.number;
import static io.loadonce.server.badinputs.Seen.COMPRESSION_ERROR;
import static io.loadonce.server.badinputs.Seen.FLOW_CONTROL_ERROR;
import static io.loadonce.server.badinputs.Seen.FRAME_SIZE_ERROR;
import static io.loadonce.server.badinputs.Seen.PROTOCOL_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Immutable;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames that HTTP/2 forbids: the connection that sent them is closed, and no other one. */
class BadFramesTest {

  private static final CallHeaders GET = CallHeaders.of(CallHeaders.GET);
  private static final byte[] BLOCK = GET.encoded();

  /** The call reached its method, which found no id in its empty request. */
  private static final Seen HANDLED = new Seen.Ended(200, 3);

  /** Sends frames. */
  @Immutable
  interface Input {
    RawPeer to(RawPeer peer);
  }

  /** What closes the connection, and the error code that RFC 9113 demands. */
  enum Frames {
    FRAME_OF_1_MIB(
        FRAME_SIZE_ERROR, peer -> peer.begin(1, GET).frame(DATA, 0, 1, new byte[1 << 20])),
    SETTINGS_OF_5_BYTES(FRAME_SIZE_ERROR, peer -> peer.frame(SETTINGS, 0, 0, new byte[5])),
    SETTINGS_ACK_WITH_PAYLOAD(FRAME_SIZE_ERROR, peer -> peer.frame(SETTINGS, ACK, 0, new byte[6])),
    SETTINGS_OF_A_STREAM(PROTOCOL_ERROR, peer -> peer.frame(SETTINGS, 0, 1)),
    SETTINGS_WINDOW_TOO_LARGE(
        FLOW_CONTROL_ERROR,
        peer ->
            peer.frame(
                SETTINGS, 0, 0, (byte) 0, (byte) 4, (byte) 0xFF, (byte) 0, (byte) 0, (byte) 0)),
    SETTINGS_FRAME_SIZE_TOO_SMALL(
        PROTOCOL_ERROR,
        peer ->
            peer.frame(SETTINGS, 0, 0, (byte) 0, (byte) 5, (byte) 0, (byte) 0, (byte) 0, (byte) 1)),
    SETTINGS_PUSH_IS_TWO(
        PROTOCOL_ERROR,
        peer ->
            peer.frame(SETTINGS, 0, 0, (byte) 0, (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 2)),
    PING_OF_7_BYTES(FRAME_SIZE_ERROR, peer -> peer.frame(PING, 0, 0, new byte[7])),
    PING_OF_A_STREAM(PROTOCOL_ERROR, peer -> peer.frame(PING, 0, 1, new byte[8])),
    DATA_OF_NO_STREAM(PROTOCOL_ERROR, peer -> peer.frame(DATA, 0, 0, new byte[1])),
    DATA_OF_AN_IDLE_STREAM(PROTOCOL_ERROR, peer -> peer.frame(DATA, 0, 5, new byte[1])),
    HEADERS_OF_NO_STREAM(PROTOCOL_ERROR, peer -> peer.frame(HEADERS, END_HEADERS, 0, BLOCK)),
    HEADERS_OF_AN_EVEN_STREAM(PROTOCOL_ERROR, peer -> peer.frame(HEADERS, END_HEADERS, 2, BLOCK)),
    CONTINUATION_OF_NOTHING(
        PROTOCOL_ERROR, peer -> peer.frame(CONTINUATION, END_HEADERS, 1, BLOCK)),
    PING_WITHIN_A_HEADER_BLOCK(
        PROTOCOL_ERROR, peer -> peer.frame(HEADERS, 0, 1, BLOCK).frame(PING, 0, 0, new byte[8])),
    CONTINUATION_OF_ANOTHER_STREAM(
        PROTOCOL_ERROR,
        peer -> peer.frame(HEADERS, 0, 1, BLOCK).frame(CONTINUATION, END_HEADERS, 3)),
    PUSH_PROMISE_OF_A_CLIENT(
        PROTOCOL_ERROR, peer -> peer.begin(1, GET).frame(PUSH_PROMISE, END_HEADERS, 1, number(2))),
    RST_OF_NO_STREAM(PROTOCOL_ERROR, peer -> peer.frame(RST_STREAM, 0, 0, number(8))),
    RST_OF_AN_IDLE_STREAM(PROTOCOL_ERROR, peer -> peer.frame(RST_STREAM, 0, 7, number(8))),
    RST_OF_3_BYTES(
        FRAME_SIZE_ERROR, peer -> peer.begin(1, GET).frame(RST_STREAM, 0, 1, new byte[3])),
    WINDOW_UPDATE_0_OF_THE_CONNECTION(
        PROTOCOL_ERROR, peer -> peer.frame(WINDOW_UPDATE, 0, 0, number(0))),
    WINDOW_UPDATE_OVERFLOW(
        FLOW_CONTROL_ERROR, peer -> peer.frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE))),
    WINDOW_UPDATE_OF_3_BYTES(
        FRAME_SIZE_ERROR, peer -> peer.frame(WINDOW_UPDATE, 0, 0, new byte[3])),
    PRIORITY_OF_NO_STREAM(PROTOCOL_ERROR, peer -> peer.frame(PRIORITY, 0, 0, new byte[5])),
    GOAWAY_OF_A_STREAM(PROTOCOL_ERROR, peer -> peer.frame(GOAWAY, 0, 1, new byte[8])),
    HPACK_BAD_INDEX(COMPRESSION_ERROR, peer -> peer.frame(HEADERS, END_HEADERS, 1, (byte) 0xFE)),
    HPACK_INDEX_0(COMPRESSION_ERROR, peer -> peer.frame(HEADERS, END_HEADERS, 1, (byte) 0x80)),
    HPACK_CUT_SHORT(
        COMPRESSION_ERROR,
        peer -> peer.frame(HEADERS, END_HEADERS, 1, (byte) 0, (byte) 9, (byte) 'a')),
    HPACK_ENDLESS_INTEGER(
        COMPRESSION_ERROR,
        peer ->
            peer.frame(
                HEADERS,
                END_HEADERS,
                1,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF)),
    HPACK_TABLE_TOO_LARGE(
        COMPRESSION_ERROR,
        peer ->
            peer.frame(HEADERS, END_HEADERS, 1, (byte) 0x3F, (byte) 0xE1, (byte) 0xFF, (byte) 3)),
    HPACK_BAD_HUFFMAN(
        COMPRESSION_ERROR,
        peer ->
            peer.frame(
                HEADERS,
                END_HEADERS,
                1,
                (byte) 0,
                (byte) 0x84,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0xFF,
                (byte) 0));

    private final int code;
    private final Input send;

    Frames(int code, Input send) {
      this.code = code;
      this.send = send;
    }
  }

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
  @EnumSource
  void connection_forbiddenFrame_isClosedWithItsCode(Frames frames) {
    assertThat(judged.judgePeer(peer -> frames.send.to(peer).ending()))
        .isInstanceOfSatisfying(
            Seen.GoAway.class, seen -> assertThat(seen.code()).isEqualTo(frames.code));
  }

  /** What RFC 9113 lets pass or keeps within the stream. */
  enum Harmless {
    UNKNOWN_FRAME_TYPE(peer -> peer.frame(0x7F, 0xFF, 9, new byte[100])),
    UNKNOWN_SETTING(
        peer ->
            peer.frame(
                SETTINGS, 0, 0, (byte) 0x7F, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1)),
    UNKNOWN_FLAGS(peer -> peer.frame(PING, 0xFE, 0, new byte[8])),
    RESERVED_BIT(peer -> peer.frame(PING, 0, Integer.MIN_VALUE, new byte[8])),
    PRIORITY_OF_AN_IDLE_STREAM(peer -> peer.frame(PRIORITY, 0, 99, new byte[5])),
    TABLE_OF_SIZE_0(
        peer ->
            peer.frame(SETTINGS, 0, 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0)),
    /** RFC 9113 would have the connection closed; Netty drops the frame. */
    HEADERS_OF_A_SMALLER_STREAM(peer -> peer.begin(5, GET).frame(HEADERS, END_HEADERS, 3, BLOCK)),
    RESET_AND_MORE_DATA(
        peer ->
            peer.begin(1, GET).frame(RST_STREAM, 0, 1, number(8)).frame(DATA, 0, 1, new byte[9]));

    private final Input send;

    Harmless(Input send) {
      this.send = send;
    }
  }

  @ParameterizedTest
  @EnumSource
  void connection_harmlessFrame_servesItsNextCall(Harmless frames) {
    assertThat(judged.judgePeer(peer -> frames.send.to(peer).call(11, GET))).isEqualTo(HANDLED);
  }

  @Test
  void stream_windowUpdateOf0_isReset() {
    assertThat(
            judged.judgePeer(
                peer -> peer.begin(1, GET).frame(WINDOW_UPDATE, 0, 1, number(0)).seen(1)))
        .isEqualTo(new Seen.Reset(PROTOCOL_ERROR));
  }

  @Test
  void stream_windowUpdateOverflow_isReset() {
    assertThat(
            judged.judgePeer(
                peer ->
                    peer.begin(1, GET)
                        .frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE))
                        .seen(1)))
        .isEqualTo(new Seen.Reset(FLOW_CONTROL_ERROR));
  }
}
