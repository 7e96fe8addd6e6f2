package io.loadonce.server.badinputs;

import static io.loadonce.server.badinputs.RawPeer.DATA;
import static io.loadonce.server.badinputs.RawPeer.END_STREAM;
import static io.loadonce.server.badinputs.RawPeer.PADDED;
import static io.loadonce.server.badinputs.RawPeer.prefixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.v1.GetRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are missing, cut short, too large, wrongly compressed or no protobuf. */
class BadMessagesTest {

  private static final int INVALID_ARGUMENT = 3;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;

  private static final byte[] PARIS =
      GetRequest.newBuilder().setId("2988507").build().toByteArray();

  private static final int MAX_FRAME = 16_384;

  private static final String SERVICE = "/loadonce.v1.ResourceService/";
  private static final CallHeaders GET = CallHeaders.of(CallHeaders.GET);

  private static JudgedService judged;

  @BeforeAll
  static void start() throws Exception {
    judged = JudgedService.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  @BeforeEach
  void reset() {
    judged.database().reset();
  }

  @AfterEach
  void databaseIsNotQueried() {
    // One query at most, of the neighbour's row.
    assertThat(judged.database().queries()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Get", "BatchGet", "Invalidate", "ListLookups"})
  void call_streamEndsWithoutMessage_isInternal(String method) {
    assertThat(seen(CallHeaders.of(SERVICE + method))).isEqualTo(ended(INTERNAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Get", "BatchGet", "Invalidate", "ListLookups"})
  void call_messageIsNoProtobuf_isInvalidArgument(String method) {
    byte[][] broken = {
      {0x0A, 5, 'a'}, // cut short
      {0x0A, 2, (byte) 0xC3, 0x28}, // a text that is not UTF-8
      {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F}, // a negative length
      {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07}, // a length of 2 GiB
      {0x00}, // field 0
      {0x0F}, // a wire type that is not defined
      {0x0C}, // the end of a group that has no begin
      {(byte) 0x80}, // a tag that does not end
      new byte[1_000], // fields 0 only
      groups(500),
    };
    for (byte[] message : broken) {
      if (method.equals("ListLookups") && message[0] == 0x0A && message[1] == 2) {
        continue; // its request has no text
      }
      assertThat(seen(CallHeaders.of(SERVICE + method), prefixed(0, message.length, message)))
          .as("%s", Arrays.toString(message))
          .isEqualTo(ended(INVALID_ARGUMENT));
    }
  }

  /** Fields that a newer client has are no mistake. */
  @Test
  void call_unknownFields_areIgnored() {
    byte[] message = Arrays.copyOf(PARIS, PARIS.length + 4);
    message[PARIS.length] = (byte) 0xF8;
    message[PARIS.length + 1] = 0x7F;
    message[PARIS.length + 2] = (byte) 0x80;

    assertThat(seen(GET, prefixed(0, message.length, message))).isEqualTo(ended(0));
  }

  @Test
  void call_messageCutShortByTheEnd_isInternal() {
    assertThat(seen(GET, prefixed(0, PARIS.length + 1, PARIS))).isEqualTo(ended(INTERNAL));
    assertThat(seen(GET, Arrays.copyOf(prefixed(0, PARIS.length, PARIS), 3)))
        .isEqualTo(ended(INTERNAL));
  }

  /** Of two gibibytes nothing is allocated: the length alone is refused. */
  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, (512 << 10) + 1})
  void call_declaredLengthOverTheLimit_isResourceExhausted(int length) {
    assertThat(seen(GET, prefixed(0, length, PARIS))).isEqualTo(ended(RESOURCE_EXHAUSTED));
  }

  @Test
  void call_compressedFlagWithoutEncoding_isInternal() {
    assertThat(seen(GET, prefixed(1, PARIS.length, PARIS))).isEqualTo(ended(INTERNAL));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 128, 255})
  void call_reservedFlags_areInternal(int flags) {
    assertThat(seen(GET, prefixed(flags, PARIS.length, PARIS))).isEqualTo(ended(INTERNAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "snappy", "GZIP", "gzip,gzip", "", "\u001b[31m"})
  void call_unknownEncoding_isUnimplemented(String encoding) {
    assertThat(seen(GET.with("grpc-encoding", encoding), prefixed(1, PARIS.length, PARIS)))
        .isEqualTo(ended(UNIMPLEMENTED));
  }

  /** A header of HTTP, not of gRPC. */
  @Test
  void call_contentEncoding_isIgnored() {
    assertThat(seen(GET.with("content-encoding", "gzip"), prefixed(0, PARIS.length, PARIS)))
        .isEqualTo(ended(0));
  }

  /** 200 MiB of zeros are 200 KB on the wire, and small enough to be accepted there. */
  @Test
  void call_gzipBomb_isResourceExhausted() {
    byte[] bomb = gzip(200 << 20);

    assertThat(sent(GET.with("grpc-encoding", "gzip"), prefixed(1, bomb.length, bomb)))
        .isEqualTo(ended(RESOURCE_EXHAUSTED));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 20, 27})
  void call_gzipCutShort_isInvalidArgument(int length) {
    byte[] whole = gzip(1_000);
    byte[] cut = Arrays.copyOf(whole, Math.min(length, whole.length - 1));

    assertThat(seen(GET.with("grpc-encoding", "gzip"), prefixed(1, cut.length, cut)))
        .isEqualTo(ended(INVALID_ARGUMENT));
  }

  @Test
  void call_twoMessages_failsAlone() {
    byte[] one = prefixed(0, PARIS.length, PARIS);
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);

    assertThat(seen(GET, two)).isEqualTo(new Seen.Reset(Seen.CANCEL));
  }

  @Test
  void call_bytesBehindTheMessage_isInternal() {
    byte[] one = prefixed(0, PARIS.length, PARIS);

    assertThat(seen(GET, Arrays.copyOf(one, one.length + 2))).isEqualTo(ended(INTERNAL));
  }

  @Test
  void call_messageInFramesOfOneByte_isHandled() {
    assertThat(
            judged.judgePeer(
                peer -> {
                  peer.begin(1, GET);
                  for (byte each : prefixed(0, PARIS.length, PARIS)) {
                    peer.frame(DATA, 0, 1, each);
                  }
                  return peer.end(1).seen(1);
                }))
        .isEqualTo(ended(0));
  }

  @Test
  void call_paddingLongerThanTheFrame_closesTheConnection() {
    assertThat(
            judged.judgePeer(
                peer ->
                    peer.begin(1, GET)
                        .frame(DATA, PADDED | END_STREAM, 1, (byte) 9, (byte) 0)
                        .ending()))
        .isInstanceOfSatisfying(
            Seen.GoAway.class, seen -> assertThat(seen.code()).isEqualTo(Seen.PROTOCOL_ERROR));
  }

  private static Seen seen(CallHeaders call, byte... data) {
    return judged.judgePeer(peer -> peer.begin(1, call).end(1, data).seen(1));
  }

  /** Sends more than a frame holds, within the window that the server has opened. */
  private static Seen sent(CallHeaders call, byte... data) {
    return judged.judgePeer(
        peer -> {
          peer.awaitPong().begin(1, call);
          for (int at = 0; at < data.length; at += MAX_FRAME) {
            int end = Math.min(at + MAX_FRAME, data.length);
            peer.frame(DATA, 0, 1, Arrays.copyOfRange(data, at, end));
          }
          return peer.end(1).seen(1);
        });
  }

  private static Seen ended(int status) {
    return new Seen.Ended(200, status);
  }

  /** Begins of groups, each within the one before, of a field that is not known. */
  private static byte[] groups(int depth) {
    byte[] begins = new byte[2 * depth];
    for (int i = 0; i < begins.length; i += 2) {
      begins[i] = (byte) 0xFB;
      begins[i + 1] = 0x7F;
    }
    return begins;
  }

  private static byte[] gzip(int zeros) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      byte[] block = new byte[1 << 16];
      for (int left = zeros; left > 0; left -= block.length) {
        gzip.write(block, 0, Math.min(left, block.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
