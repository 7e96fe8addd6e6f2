package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on the port that are not HTTP/2, and connections that say nothing or too little. */
@Tag("slow")
class OtherProtocolsTest {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final long SEED = 20_261_128;

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
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /loadonce.v1.ResourceService/Get HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        "GET /\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "*1\r\n$4\r\nPING\r\n",
        "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
      })
  void connection_anotherProtocolInText_isClosedAtOnce(String text) {
    assertThat(isClosedAfter(text.getBytes(StandardCharsets.US_ASCII))).isTrue();
  }

  @Test
  void connection_tlsHello_isClosedAtOnce() {
    byte[] hello = new byte[200];
    System.arraycopy(
        new byte[] {0x16, 3, 1, 0, (byte) 195, 1, 0, 0, (byte) 191, 3, 3}, 0, hello, 0, 11);

    assertThat(isClosedAfter(hello)).isTrue();
  }

  @Test
  void connection_randomBytes_areClosedAtOnce() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[24 + random.nextInt(2_000)];
      random.nextBytes(bytes);
      assertThat(isClosedAfter(bytes)).as("seed %d, run %d", SEED, i).isTrue();
    }
  }

  /** The checks above can fail: a good beginning keeps the connection open. */
  @Test
  void connection_goodPreface_staysOpen() {
    assertThat(isClosedAfter(RawPeer.PREFACE)).isFalse();
  }

  /** The handshake has five seconds. */
  @Test
  void connection_saysTooLittle_isClosedAfterTheHandshakeTimeout() {
    byte[] halfOfThePreface = Arrays.copyOf(RawPeer.PREFACE, 12);
    List<byte[]> beginnings = List.of(new byte[0], halfOfThePreface, RawPeer.PREFACE);

    long beganNanos = System.nanoTime();
    List<Boolean> closed =
        judged.judge(
            () -> {
              List<RawPeer> peers =
                  beginnings.stream()
                      .map(octets -> RawPeer.silent(judged.port()).octets(octets))
                      .toList();
              List<Boolean> all =
                  peers.stream().map(peer -> peer.closes(Duration.ofSeconds(9))).toList();
              peers.forEach(RawPeer::close);
              return all;
            });

    assertThat(closed).containsExactly(true, true, true);
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(9));
  }

  private static boolean isClosedAfter(byte[] octets) {
    return judged.judge(
        () -> {
          try (RawPeer peer = RawPeer.silent(judged.port())) {
            return peer.octets(octets).closes(AT_ONCE);
          }
        });
  }
}
