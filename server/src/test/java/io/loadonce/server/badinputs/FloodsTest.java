package io.loadonce.server.badinputs;

import static io.loadonce.server.badinputs.RawPeer.ACK;
import static io.loadonce.server.badinputs.RawPeer.DATA;
import static io.loadonce.server.badinputs.RawPeer.END_HEADERS;
import static io.loadonce.server.badinputs.RawPeer.HEADERS;
import static io.loadonce.server.badinputs.RawPeer.PING;
import static io.loadonce.server.badinputs.RawPeer.PRIORITY;
import static io.loadonce.server.badinputs.RawPeer.RST_STREAM;
import static io.loadonce.server.badinputs.RawPeer.SETTINGS;
import static io.loadonce.server.badinputs.RawPeer.WINDOW_UPDATE;
import static io.loadonce.server.badinputs.RawPeer.number;
import static io.loadonce.server.badinputs.Seen.ENHANCE_YOUR_CALM;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many frames, each of which is allowed. */
@Timeout(60)
class FloodsTest {

  private static final CallHeaders GET = CallHeaders.of(CallHeaders.GET);
  private static final int FRAMES = 20_000;

  /** The call reached its method, which found no id in its empty request. */
  private static final Seen HANDLED = new Seen.Ended(200, 3);

  private static JudgedService judged;

  @BeforeAll
  static void start() throws Exception {
    judged = JudgedService.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  /** CVE-2023-44487: calls that are begun and cancelled. */
  @Test
  void connection_rapidReset_isClosed() {
    assertThat(
            endOf(
                peer -> {
                  byte[] block = GET.encoded();
                  for (int i = 0; i < 5_000; i++) {
                    peer.frame(HEADERS, END_HEADERS, 2 * i + 1, block)
                        .frame(RST_STREAM, 0, 2 * i + 1, number(Seen.CANCEL));
                  }
                  return peer.ending();
                }))
        .satisfies(FloodsTest::isTooMuch);
  }

  /** CVE-2025-8671: the server is made to reset the streams. */
  @Test
  void connection_madeYouReset_isClosed() {
    assertThat(
            endOf(
                peer -> {
                  byte[] block = GET.encoded();
                  for (int i = 0; i < 5_000; i++) {
                    peer.frame(HEADERS, END_HEADERS, 2 * i + 1, block)
                        .frame(WINDOW_UPDATE, 0, 2 * i + 1, number(Integer.MAX_VALUE));
                  }
                  return peer.ending();
                }))
        .satisfies(FloodsTest::isTooMuch);
  }

  @Test
  void connection_1000Pings_isClosed() {
    assertThat(endOf(peer -> peer.frames(1_000, PING, 0, 0, new byte[8]).ending()))
        .isEqualTo(new Seen.GoAway(ENHANCE_YOUR_CALM, "too_many_pings"));
  }

  @Test
  void connection_manyPingAcks_servesItsNextCall() {
    assertThat(endOf(peer -> peer.frames(FRAMES, PING, ACK, 0, new byte[8]).call(1, GET)))
        .isEqualTo(HANDLED);
  }

  /** More calls than the server accepts at a time: the others are refused, and may be retried. */
  @Test
  void connection_moreCallsThanTheLimit_refusesTheRest() {
    int refused =
        judged.judge(
            () -> {
              try (RawPeer peer = RawPeer.connect(judged.port())) {
                byte[] block = GET.encoded();
                for (int i = 0; i < 1_050; i++) {
                  peer.frame(HEADERS, END_HEADERS, 2 * i + 1, block);
                }
                return peer.resets(Seen.REFUSED_STREAM, Duration.ofSeconds(1));
              }
            });

    assertThat(refused).isEqualTo(50);
  }

  @Test
  void connection_manySettings_isClosedOrServesItsNextCall() {
    assertThat(endOf(peer -> peer.frames(FRAMES, SETTINGS, 0, 0, new byte[6]).call(1, GET)))
        .satisfies(FloodsTest::isHandledOrGone);
  }

  @Test
  void connection_manyPriorities_servesItsNextCall() {
    assertThat(endOf(peer -> peer.frames(FRAMES, PRIORITY, 0, 1_001, new byte[5]).call(1, GET)))
        .satisfies(FloodsTest::isHandledOrGone);
  }

  @Test
  void connection_manyEmptyData_isClosedOrServesItsNextCall() {
    assertThat(endOf(peer -> peer.begin(1, GET).frames(FRAMES, DATA, 0, 1).call(3, GET)))
        .satisfies(FloodsTest::isHandledOrGone);
  }

  @Test
  void connection_manyWindowUpdates_servesItsNextCall() {
    assertThat(endOf(peer -> peer.frames(FRAMES, WINDOW_UPDATE, 0, 0, number(1)).call(1, GET)))
        .satisfies(FloodsTest::isHandledOrGone);
  }

  @Test
  void connection_manyUnknownFrames_servesItsNextCall() {
    assertThat(endOf(peer -> peer.frames(FRAMES, 0x7F, 0, 0, new byte[64]).call(1, GET)))
        .satisfies(FloodsTest::isHandledOrGone);
  }

  /** A header block of 14 KB that its decoder would make 40 MB of. */
  @Test
  void connection_hpackBomb_isRefusedByItsSize() {
    byte[] entry = new CallHeaders(List.of()).with("a", "x".repeat(3_900)).encoded();
    entry[0] = 0x40; // is put into the table, with the index 62
    byte[] bomb = Arrays.copyOf(entry, entry.length + 10_000);
    Arrays.fill(bomb, entry.length, bomb.length, (byte) (0x80 | 62));

    assertThat(endOf(peer -> peer.frame(HEADERS, END_HEADERS, 1, bomb).seen(1)))
        .isInstanceOf(Seen.GoAway.class);
  }

  /** What is still on its way when a connection is closed may undo the GOAWAY frame. */
  private static void isTooMuch(Seen seen) {
    assertThat(seen instanceof Seen.GoAway away ? away.code() : ENHANCE_YOUR_CALM)
        .as("%s", seen)
        .isEqualTo(ENHANCE_YOUR_CALM);
    assertThat(seen).isInstanceOfAny(Seen.GoAway.class, Seen.Closed.class);
  }

  private static void isHandledOrGone(Seen seen) {
    assertThat(seen instanceof Seen.GoAway || seen.equals(HANDLED)).as("%s", seen).isTrue();
  }

  /** The flood may cost time, but no memory that stays. */
  private static Seen endOf(Function<RawPeer, Seen> flood) {
    Seen seen = judged.judgePeer(flood);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(200);
    return seen;
  }
}
