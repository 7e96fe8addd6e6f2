package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HistogramTest {

  private final Histogram histogram = Histogram.ofTimes();

  @Test
  void quantile_evenlySpreadValues_isWithinAFifth() {
    for (long value = 1_000; value <= 1_000_000; value += 1_000) {
      histogram.record(value);
    }
    Histogram.Snapshot snapshot = histogram.snapshot();
    assertThat(snapshot.count()).isEqualTo(1000);
    assertThat(snapshot.sum()).isEqualTo(500_500_000);
    assertThat(snapshot.quantile(0.5)).isCloseTo(500_000, within(100_000.0));
    assertThat(snapshot.quantile(0.99)).isCloseTo(990_000, within(198_000.0));
  }

  @Test
  void since_anEarlierSnapshot_hasWhatCameAfterIt() {
    histogram.record(10);
    Histogram.Snapshot earlier = histogram.snapshot();
    histogram.record(5_000_000_000L);
    histogram.record(Long.MAX_VALUE / 2);
    Histogram.Snapshot later = histogram.snapshot().since(earlier);
    assertThat(later.count()).isEqualTo(2);
    assertThat(later.quantile(0.25)).isBetween(3e9, 5e9);
    assertThat(later.sum()).isCloseTo(5e9 + Long.MAX_VALUE / 2.0, withinPercentage(1e-13));
    assertThat(later.plus(earlier).count()).isEqualTo(3);
    assertThat(later.plus(earlier).sum())
        .isCloseTo(5e9 + 10 + Long.MAX_VALUE / 2.0, withinPercentage(1e-13));
  }

  @Test
  void snapshot_sumIsLargerThanALong_isNotNegative() {
    histogram.record(Long.MAX_VALUE - 1);
    histogram.record(Long.MAX_VALUE - 1);
    Histogram.Snapshot earlier = histogram.snapshot();
    histogram.record(Long.MAX_VALUE - 1);
    assertThat(earlier.sum()).isEqualTo(2.0 * Long.MAX_VALUE);
    assertThat(histogram.snapshot().since(earlier).sum()).isEqualTo((double) Long.MAX_VALUE);
    assertThat(earlier.plus(earlier).sum()).isEqualTo(4.0 * Long.MAX_VALUE);
  }

  @Test
  void quantile_noValues_isZero() {
    assertThat(histogram.snapshot().quantile(0.99)).isZero();
  }

  @Test
  void quantile_halfOfTheValuesAreInOneClass_medianIsTheBoundOfThatClass() {
    histogram.record(1_000);
    histogram.record(10_000);
    assertThat(histogram.snapshot().quantile(0.5)).isEqualTo(1_000);
  }

  /** Name, histogram, number of bounds, first bound, last bound. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        arguments("times", kind(Histogram::ofTimes), 48, 1_000, Duration.ofSeconds(70).toNanos()),
        arguments(
            "ages", kind(Histogram::ofAges), 48, 1_000_000, Duration.ofSeconds(70_000).toNanos()),
        arguments("ids", kind(Histogram::ofIds), 11, 1, 1_024));
  }

  private static Supplier<Histogram> kind(Supplier<Histogram> ofKind) {
    return ofKind;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void bound_eachKind_goesFromTheFirstToTheLast(
      String kind, Supplier<Histogram> ofKind, int bounds, long first, long last) {
    Histogram.Snapshot snapshot = ofKind.get().snapshot();
    assertThat(snapshot.classes()).as(kind).isEqualTo(bounds + 1);
    assertThat(snapshot.bound(0)).as(kind).isEqualTo(first);
    assertThat(snapshot.bound(bounds - 1)).as(kind).isEqualTo(last);
  }

  @Test
  void record_valueOnABound_isInTheClassBelow() {
    histogram.record(1_000);
    histogram.record(1_001);
    Histogram.Snapshot snapshot = histogram.snapshot();
    assertThat(snapshot.bound(0)).isEqualTo(1_000);
    assertThat(snapshot.count(0)).isEqualTo(1);
    assertThat(snapshot.count(1)).isEqualTo(1);
  }
}
