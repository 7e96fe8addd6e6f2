package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.load.HotIds.Hot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hottest ids against their true counts. */
class HotIdsTest {

  private static final int IDS = 1_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final HotIds<Integer> hot = new HotIds<>(clock::get);

  @Test
  void top_aMillionIdsUnderZipf_theFirstTenAreRight() {
    Random random = new Random(7);
    Map<Integer, Long> counts = new HashMap<>();
    for (int i = 0; i < 1_000_000; i++) {
      // The inverse of the distribution function of a Zipf law with exponent 1.
      int id = (int) Math.pow(IDS, random.nextDouble());
      counts.merge(id, 1L, Long::sum);
      hot.add(id, 1);
    }
    List<Integer> right =
        counts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
            .limit(10)
            .map(Map.Entry::getKey)
            .toList();
    assertThat(hot.top(10)).extracting(Hot::id).containsExactlyElementsOf(right);
    assertThat(hot.top(10)).allSatisfy(each -> assertThat(each.sum()).isNotZero());
    assertThat(hot.top(IDS)).hasSizeLessThan(HotIds.SKETCH_IDS);
  }

  @Test
  void top_tenMinutesLater_isEmpty() {
    hot.add(1, 5);
    clock.addAndGet(Duration.ofMinutes(5).toNanos());
    hot.add(2, 3);
    assertThat(hot.top(10)).containsExactly(new Hot<>(1, 5), new Hot<>(2, 3));
    clock.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(hot.top(10)).containsExactly(new Hot<>(2, 3));
    clock.addAndGet(Duration.ofMinutes(10).toNanos());
    assertThat(hot.top(10)).isEmpty();
  }

  @Test
  void top_nothingHappensForNineMinutes_nothingIsOlderThanTenMinutes() {
    hot.add(1, 5);
    clock.addAndGet(Duration.ofMinutes(9).toNanos());
    hot.add(2, 3);
    assertThat(hot.top(10)).containsExactly(new Hot<>(1, 5), new Hot<>(2, 3));
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(hot.top(10)).containsExactly(new Hot<>(2, 3));
    clock.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(hot.top(10)).isEmpty();
  }

  @Test
  void top_nothingAddedForTenMinutes_isEmpty() {
    hot.add(1, 5);
    clock.addAndGet(Duration.ofMinutes(10).toNanos());
    assertThat(hot.top(10)).isEmpty();
  }

  @Test
  void isSample_clockOfAnyResolution_isAboutOneIn128() {
    for (long resolution : new long[] {1, 41, 100, 1000}) {
      long samples =
          Stream.iterate(resolution, now -> now + resolution)
              .limit(1_000_000)
              .filter(LoadStatistics::isSample)
              .count();
      assertThat(samples).as("steps of %d ns", resolution).isBetween(7_000L, 8_700L);
    }
  }
}
