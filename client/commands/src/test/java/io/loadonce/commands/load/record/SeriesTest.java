package io.loadonce.commands.load.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SeriesTest {

  private final Series series = new Series(() -> null, _ -> {});

  @Test
  void add_shortRest_belongsToTheSecondBefore() {
    series.add(1, latencies(10, 1), latencies(1, 9), counts(12, 0));
    series.add(0.2, latencies(2, 5), latencies(0, 0), counts(13, 4));

    assertThat(series.seconds()).hasSize(1);
    Second second = series.seconds().getFirst();
    assertThat(second.durationSeconds()).isEqualTo(1.2);
    assertThat(second.sent()).isEqualTo(13);
    assertThat(second.succeeded()).isEqualTo(12);
    assertThat(second.failed()).isEqualTo(1);
    assertThat(second.unsent()).isEqualTo(4);
    assertThat(second.p50Ms()).isBetween(0.99, 1.01);
    assertThat(second.maxMs()).isBetween(4.95, 5.05);
    assertThat(series.totals().succeeded().getTotalCount()).isEqualTo(12);
  }

  @Test
  void add_longRest_isASecondOfItsOwn() {
    series.add(1, latencies(10, 1), latencies(0, 0), counts(10, 0));
    series.add(0.6, latencies(6, 1), latencies(0, 0), counts(16, 0));

    assertThat(series.seconds()).extracting(Second::sent).containsExactly(10L, 6L);
    assertThat(series.seconds()).extracting(each -> each.rate(each.sent())).containsOnly(10.0);
  }

  private static Series.Counts counts(long sent, long unsent) {
    return new Series.Counts(sent, unsent, Map.of());
  }

  private static Histogram latencies(int count, long millis) {
    Histogram histogram = HistogramText.precise();
    histogram.recordValueWithCount(millis * 1_000_000, count);
    return histogram;
  }
}
