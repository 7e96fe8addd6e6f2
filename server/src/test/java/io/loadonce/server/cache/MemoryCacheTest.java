package io.loadonce.server.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loadonce.server.cache.Entry.Absent;
import io.loadonce.server.cache.Entry.Row;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryCacheTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void fresh_neverFilled_isNull() {
    assertThat(cache(0, 1 << 20, 1 << 20).fresh("a", 0)).isNull();
  }

  @Test
  void fresh_rowWithinItsTimeToLive_isTheRow() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    assertThat(cache.fresh("a", 100 + MINUTE.toNanos() - 1))
        .isEqualTo(new Row<>("row", 3, 100, 100 + MINUTE.toNanos()));
    assertThat(cache.fresh("a", 100 + MINUTE.toNanos())).isNull();
  }

  @Test
  void fresh_absenceWithinItsTimeToLive_isTheAbsence() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fillAbsent("a", 100);
    assertThat(cache.fresh("a", 100 + SECOND.toNanos() - 1)).isInstanceOf(Absent.class);
    assertThat(cache.fresh("a", 100 + SECOND.toNanos())).isNull();
  }

  @Test
  void fill_wasAbsent_absenceIsForgotten() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fillAbsent("a", 0);
    cache.fill("a", "row", 1, 0);
    assertThat(cache.fresh("a", 0)).isInstanceOf(Row.class);
    cache.fillAbsent("a", 0);
    assertThat(cache.fresh("a", 0)).isInstanceOf(Absent.class);
    assertThat(cache.remove("a")).isTrue();
    assertThat(cache.remove("a")).isFalse();
  }

  @Test
  void fillAbsent_floodOfInventedIds_leavesEveryRowInPlace() {
    int rows = 100;
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 16);
    IntStream.range(0, rows).forEach(i -> cache.fill("row-" + i, "row", 1, 0));
    IntStream.range(0, 100_000).forEach(i -> cache.fillAbsent("invented-" + i, 0));
    assertThat(IntStream.range(0, rows).filter(i -> cache.fresh("row-" + i, 0) != null).count())
        .isEqualTo(rows);
    assertThat(cache.settle().absences())
        .isBetween(1L, (1L << 16) / MemoryCache.ENTRY_OVERHEAD_BYTES);
  }

  @Test
  void fill_moreThanTheBudget_staysWithinIt() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    String kilobyte = "x".repeat(1 << 10);
    IntStream.range(0, 10_000).forEach(i -> cache.fill("row-" + i, kilobyte, 1, 0));
    assertThat(cache.settle().rows()).isBetween(500L, (1L << 20) / (1 << 10));
  }

  @Test
  void fill_together_expireSpreadOverTheJitter() {
    MemoryCache<String, String> cache = cache(0.1, 1 << 24, 1 << 20);
    LongSummaryStatistics until =
        IntStream.range(0, 1_000)
            .mapToLong(
                i -> {
                  cache.fill("row-" + i, "row", 1, 0);
                  return cache.fresh("row-" + i, 0) instanceof Row<String> row
                      ? row.freshUntilNanos()
                      : -1;
                })
            .summaryStatistics();
    assertThat(until.getMax()).isLessThanOrEqualTo(MINUTE.toNanos());
    assertThat(until.getMin()).isGreaterThanOrEqualTo(MINUTE.toNanos() * 9 / 10);
    assertThat(until.getMax() - until.getMin()).isGreaterThan(MINUTE.toNanos() * 9 / 100);
  }

  @Test
  void settings_outOfRange_areNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CacheSettings(MINUTE, MINUTE.negated(), 0, 1, 1))
        .withMessage("negative time to live must not be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CacheSettings(MINUTE, MINUTE, 1.1, 1, 1))
        .withMessage("jitter must be from 0 to 1");
  }

  private static MemoryCache<String, String> cache(double jitter, long bytes, long negativeBytes) {
    return new MemoryCache<>(
        new CacheSettings(MINUTE, SECOND, jitter, bytes, negativeBytes),
        String::length,
        String::length);
  }
}
