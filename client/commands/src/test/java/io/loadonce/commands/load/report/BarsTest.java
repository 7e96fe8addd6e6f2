package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.record.HistogramText;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class BarsTest {

  @Test
  void of_anyLatencies_countEachCallOnce() {
    SplittableRandom random = new SplittableRandom(3);
    for (int run = 0; run < 200; run++) {
      Histogram histogram = HistogramText.precise();
      long shortest = random.nextLong(0, 1_000_000_000);
      long range = 1 + random.nextLong(0, 1_000_000_000_000L);
      for (int i = 0; i < 500; i++) {
        histogram.recordValue(shortest + random.nextLong(range));
      }

      List<Bars.Bar> bars = Bars.of(histogram);

      assertThat(bars).hasSizeBetween(1, 21);
      assertThat(bars.stream().mapToLong(Bars.Bar::calls).sum()).isEqualTo(500);
      for (int i = 1; i < bars.size(); i++) {
        assertThat(bars.get(i).fromMs()).isEqualTo(bars.get(i - 1).toMs());
      }
    }
  }

  @Test
  void of_oneLatency_isOneBar() {
    Histogram histogram = HistogramText.precise();
    histogram.recordValueWithCount(2_000_000, 9);

    assertThat(Bars.of(histogram)).extracting(Bars.Bar::calls).containsExactly(9L);
    assertThat(Bars.of(HistogramText.precise())).isEmpty();
  }

  @Test
  void text_twoLatencies_hasBarsAndPercentiles() {
    Histogram histogram = HistogramText.precise();
    histogram.recordValueWithCount(1_000_000, 300);
    histogram.recordValueWithCount(90_000_000, 3);

    String text = Bars.text(histogram);

    assertThat(text.lines()).hasSizeBetween(20, 23);
    assertThat(text)
        .startsWith("latency in ms of the calls that succeeded")
        .containsPattern(" 1\\.000 to +\\d\\.\\d{3} \\| +300 \\|#{40}\n")
        .containsPattern(" \\| +3 \\|#\n")
        .contains("p10 1.000, p25 1.000, p50 ", "p99.99 9");
  }
}
