package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.Series;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterTest {

  @Test
  void show_seconds_canBeReadByPrometheus() throws Exception {
    Series series = new Series(() -> null, _ -> {});
    Histogram ok = HistogramText.precise();
    ok.recordValueWithCount(2_000_000, 7);
    ok.recordValueWithCount(30_000_000_000L, 1);
    try (Exporter exporter = Exporter.open(Exporter.Address.parse(":0"))) {
      exporter.show(series::totals);
      assertThat(read(exporter.port())).contains("loadonce_load_sent_calls_total 0.0");

      series.add(
          1,
          ok,
          HistogramText.precise(),
          new Series.Counts(10, 1, Map.of("OK", 8L, "UNAVAILABLE", 2L)));

      assertThat(read(exporter.port()))
          .contains(
              "loadonce_load_sent_calls_total 10.0",
              "loadonce_load_unsent_calls_total 1.0",
              "loadonce_load_calls_total{status=\"OK\"} 8.0",
              "loadonce_load_calls_total{status=\"UNAVAILABLE\"} 2.0",
              "loadonce_load_latency_seconds_bucket{le=\"0.001\"} 0",
              "loadonce_load_latency_seconds_bucket{le=\"0.0025\"} 7",
              "loadonce_load_latency_seconds_bucket{le=\"10.0\"} 7",
              "loadonce_load_latency_seconds_bucket{le=\"+Inf\"} 8",
              "loadonce_load_latency_seconds_count 8",
              "loadonce_load_latency_seconds_sum 30.0");
    }
  }

  @Test
  void open_portIsTaken_saysSo() {
    try (Exporter first = Exporter.open(Exporter.Address.parse(":0"))) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> Exporter.open(Exporter.Address.parse(":" + first.port())))
          .withMessageMatching(
              "the port 127.0.0.1:\\d+ for Prometheus cannot be opened: Address already in use");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"9464", ":", ":x", ":65536", "localhost"})
  void parse_noAddress_saysWhatWouldBeRight(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Exporter.Address.parse(text))
        .withMessage(
            "prometheus is '%s' but must be :PORT or HOST:PORT, such as :9464".formatted(text));
  }

  @Test
  void parse_hostAndPort_areKept() {
    assertThat(Exporter.Address.parse("0.0.0.0:9464"))
        .isEqualTo(new Exporter.Address("0.0.0.0", 9464));
    assertThat(Exporter.Address.parse(":1")).isEqualTo(new Exporter.Address("127.0.0.1", 1));
  }

  private static String read(int port) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://127.0.0.1:" + port + "/metrics");
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }
}
