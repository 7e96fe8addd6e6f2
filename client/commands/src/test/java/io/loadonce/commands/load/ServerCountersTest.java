package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.client.ClientSettings;
import java.net.URI;
import org.junit.jupiter.api.Test;

class ServerCountersTest {

  private static final String METRICS =
      """
      # HELP loadonce_queries_total Queries run.
      # TYPE loadonce_queries_total counter
      loadonce_queries_total 12.0
      loadonce_queries_total_more 99.0
      # TYPE loadonce_ids_loaded_total counter
      loadonce_ids_loaded_total{lookup="city",le="} x"} 300.0
      loadonce_ids_loaded_total{lookup="land"} 1.2E3 1700000000
      """;

  @Test
  void parse_prometheusText_sumsTheSamplesOfEachName() {
    assertThat(ServerCounters.parse(METRICS)).isEqualTo(new ServerCounters.Known(12, 1_500));
  }

  @Test
  void parse_namesAreNotThere_saysSo() {
    assertThat(ServerCounters.parse("jvm_threads 3\n")).isInstanceOf(ServerCounters.Unknown.class);
  }

  @Test
  void since_bothKnown_isTheDifference() {
    assertThat(new ServerCounters.Known(15, 100).since(new ServerCounters.Known(5, 40)))
        .isEqualTo(new ServerCounters.Known(10, 60));
  }

  @Test
  void since_serverBeganAnew_isUnknown() {
    assertThat(new ServerCounters.Known(1, 1).since(new ServerCounters.Known(5, 40)))
        .isInstanceOf(ServerCounters.Unknown.class);
  }

  @Test
  void read_nobodyListens_saysSo() {
    assertThat(
            ServerCounters.read(
                URI.create("http://127.0.0.1:1"), ClientSettings.forTarget("127.0.0.1:1")))
        .isEqualTo(new ServerCounters.Unknown("http://127.0.0.1:1/metrics cannot be reached"));
  }
}
