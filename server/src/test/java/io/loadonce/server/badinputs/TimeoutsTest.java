package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.GetRequest;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines that are no times, have passed already, or are missing. */
@Tag("slow")
class TimeoutsTest {

  private static final int DEADLINE_EXCEEDED = 4;
  private static final byte[] ID = GetRequest.newBuilder().setId("1").build().toByteArray();
  private static final CallHeaders GET = CallHeaders.of(CallHeaders.GET);

  private static JudgedService judged;

  /** A load takes longer than any test waits; the neighbour's row is cached. */
  @BeforeAll
  static void start() throws Exception {
    CountedDatabase database = CountedDatabase.h2();
    database.execute("CREATE TABLE pauses AS SELECT 0 AS millis");
    judged =
        JudgedService.on(
            database,
            "SELECT id, name FROM city WHERE id IN (:ids) LIMIT pause((SELECT millis FROM pauses))",
            Map.of("--call-timeout", "500ms", "--ttl", "1h"));
    // Caches the row of the neighbour, while the database is still quick.
    judged.judgeNothing();
    database.execute("UPDATE pauses SET millis = 20000");
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  @AfterEach
  void nothingIsLeft() {
    await().until(() -> judged.service().waiters() == 0);
    await().until(() -> judged.service().flights() == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "-1S",
        "12345678901S",
        "1",
        "S",
        "",
        "1.5S",
        "1X",
        "1s",
        " 1S",
        "+1S",
        "99999999999999999999n",
        "\u0661S"
      })
  void call_timeoutIsNoTime_failsAlone(String timeout) {
    assertThat(seen(peer -> peer.call(1, GET.with("grpc-timeout", timeout), ID)))
        .isInstanceOfAny(Seen.Reset.class, Seen.Ended.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0n", "0S", "00000000m", "1n", "1u"})
  void call_deadlineHasPassed_causesNoQuery(String timeout) {
    judged.database().reset();

    Seen seen = seen(peer -> peer.call(1, GET.with("grpc-timeout", timeout), ID));

    assertThat(seen).isIn(new Seen.Reset(Seen.CANCEL), new Seen.Ended(200, DEADLINE_EXCEEDED));
    assertThat(judged.database().queries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999H", "99999999M", "99999999S"})
  void call_deadlineInYears_endsAtTheCallTimeout(String timeout) {
    assertThat(seen(peer -> peer.call(1, GET.with("grpc-timeout", timeout), ID)))
        .isEqualTo(new Seen.Ended(200, DEADLINE_EXCEEDED));
  }

  @Test
  void call_noDeadline_endsAtTheCallTimeout() {
    assertThat(seen(peer -> peer.call(1, GET, ID)))
        .isEqualTo(new Seen.Ended(200, DEADLINE_EXCEEDED));
  }

  @Test
  void call_noBody_endsAtTheCallTimeout() {
    assertThat(seen(peer -> peer.begin(1, GET).seen(1)))
        .isEqualTo(new Seen.Ended(200, DEADLINE_EXCEEDED));
  }

  @Test
  void call_halfOfTheMessage_endsAtTheCallTimeout() {
    assertThat(
            seen(
                peer ->
                    peer.begin(1, GET)
                        .frame(RawPeer.DATA, 0, 1, RawPeer.prefixed(0, 9, (byte) 1))
                        .seen(1)))
        .isEqualTo(new Seen.Ended(200, DEADLINE_EXCEEDED));
  }

  /** Frames without data keep a stream open no longer. */
  @Test
  void call_emptyDataOnly_endsAtTheCallTimeout() {
    assertThat(seen(peer -> peer.begin(1, GET).frames(200, RawPeer.DATA, 0, 1).seen(1)))
        .isEqualTo(new Seen.Ended(200, DEADLINE_EXCEEDED));
  }

  @Test
  void call_deadlineOf1Millisecond_isKept() {
    long beganNanos = System.nanoTime();

    Seen seen = seen(peer -> peer.call(1, GET.with("grpc-timeout", "1m"), ID));

    assertThat(seen).isIn(new Seen.Reset(Seen.CANCEL), new Seen.Ended(200, DEADLINE_EXCEEDED));
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofMillis(400));
  }

  private static Seen seen(Function<RawPeer, Seen> input) {
    return judged.judgePeer(input);
  }
}
