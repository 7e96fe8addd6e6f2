package io.loadonce.bench.speed.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What the tools of the machine print, as they printed it. */
class ToolOutputTest {

  private static final String H2LOAD =
      """
      finished in 2.00s, 104256.50 req/s, 12.95MB/s
      requests: 208513 total, 208613 started, 208513 done, 208513 succeeded, 0 failed, 0 errored, \
      0 timeout
      status codes: 208513 2xx, 0 3xx, 0 4xx, 0 5xx
      """;

  private static final String REDIS =
      """
      "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms"
      "GET item:1","100000.00","0.258","0.080","0.255","0.335"
      """;

  private static final String STAT =
      "4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 200 0 0 30 5 7 1 20 0 12 0 999 1 1";

  @Test
  void h2load_allAnswered_hasARate() {
    Driven driven = H2load.parse(H2LOAD);

    assertThat(driven.calls()).isEqualTo(208_513);
    assertThat(driven.perSecond()).isCloseTo(104_256, within(1.0));
  }

  @Test
  void h2load_serverNotRunning_isAnError() {
    assertThatThrownBy(() -> H2load.parse(H2LOAD.replace("208513 succeeded", "0 succeeded")))
        .hasMessage("0 requests were answered, 0 failed");
  }

  @Test
  void h2load_requestFailed_isAnError() {
    assertThatThrownBy(() -> H2load.parse(H2LOAD.replace("0 failed", "3 failed")))
        .hasMessage("208513 requests were answered, 3 failed");
  }

  @Test
  void h2load_unknownOutput_isAnError() {
    assertThatThrownBy(() -> H2load.parse("could not connect"))
        .hasMessage("h2load says: could not connect");
  }

  @Test
  void framed_message_hasFlagAndLength() {
    assertThat(H2load.framed(new byte[] {9, 8})).containsExactly(0, 0, 0, 0, 2, 9, 8);
  }

  @Test
  void redisBenchmark_csv_hasARate() {
    assertThat(RedisBenchmark.parse(REDIS, 200_000).perSecond()).isCloseTo(100_000, within(0.1));
  }

  @Test
  void redisBenchmark_errorInsteadOfCsv_isAnError() {
    assertThatThrownBy(() -> RedisBenchmark.parse("Could not connect", 1))
        .hasMessage("redis-benchmark says: Could not connect");
  }

  @Test
  void procStat_nameWithBrackets_addsUserSystemAndChildren() {
    assertThat(CpuClock.parse(STAT)).isEqualTo(30 + 5 + 7 + 1);
  }
}
