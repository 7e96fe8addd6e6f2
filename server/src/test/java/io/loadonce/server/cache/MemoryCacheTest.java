package io.loadonce.server.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.cache.Entry.NotFound;
import io.loadonce.server.cache.Entry.Row;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryCacheTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void get_neverFilled_isNull() {
    assertThat(cache(0, 1 << 20, 1 << 20).get("a")).isNull();
  }

  @Test
  void get_row_isFreshForItsTimeToLiveAndStaysAfterwards() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    Entry<String> row = Objects.requireNonNull(cache.get("a"));
    assertThat(row)
        .isEqualTo(new Row<>("row", 3, 100, 100 + SECOND.toNanos() * 30, 100 + MINUTE.toNanos()));
    assertThat(row.isFresh(100 + MINUTE.toNanos() - 1)).isTrue();
    assertThat(row.isFresh(100 + MINUTE.toNanos())).isFalse();
  }

  @Test
  void get_notFound_isFreshForTheNegativeTimeToLive() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fillNotFound("a", 100);
    assertThat(cache.get("a")).isEqualTo(new NotFound<>(100, 100 + SECOND.toNanos()));
  }

  @Test
  void postponeRefresh_row_isDueLaterAndFreshAsBefore() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    cache.postponeRefresh("a", 5);
    cache.postponeRefresh("b", 5);
    assertThat(cache.get("a")).isEqualTo(new Row<>("row", 3, 100, 5, 100 + MINUTE.toNanos()));
    assertThat(cache.get("b")).isNull();
  }

  @Test
  void raise_olderRow_isReplacedAndKeepsItsTimes() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    cache.raise("a", "newer", 4);
    cache.raise("a", "as new", 4);
    cache.raise("a", "older", 3);
    assertThat(cache.get("a"))
        .isEqualTo(new Row<>("newer", 4, 100, 100 + SECOND.toNanos() * 30, 100 + MINUTE.toNanos()));
  }

  @Test
  void raise_noRow_cachesNothing() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.raise("a", "row", 4);
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void removeAll_rowsAndNotFounds_removesBoth() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    cache.fillNotFound("b", 100);
    assertThat(cache.removeAll()).isEqualTo(2);
    assertThat(cache.get("a")).isNull();
    assertThat(cache.get("b")).isNull();
  }

  @Test
  void fill_cachedNotFound_isReplacedByTheRow() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fillNotFound("a", 0);
    cache.fill("a", "row", 1, 0);
    assertThat(cache.get("a")).isInstanceOf(Row.class);
    assertThat(cache.negativeEntries()).isZero();
    cache.fillNotFound("a", 0);
    assertThat(cache.get("a")).isInstanceOf(NotFound.class);
    assertThat(cache.remove("a")).isTrue();
    assertThat(cache.remove("a")).isFalse();
  }

  @Test
  void fillNotFound_manyUnknownIds_evictNoRow() {
    int rows = 100;
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 16);
    IntStream.range(0, rows).forEach(i -> cache.fill("row-" + i, "row", 1, 0));
    IntStream.range(0, 100_000).forEach(i -> cache.fillNotFound("invented-" + i, 0));
    assertThat(IntStream.range(0, rows).filter(i -> cache.get("row-" + i) != null).count())
        .isEqualTo(rows);
    assertThat(cache.settle().negativeEntries())
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
  void fill_manyRowsAtOnce_expireSpreadOverTheJitter() {
    MemoryCache<String, String> cache = cache(0.1, 1 << 24, 1 << 20);
    LongSummaryStatistics until =
        IntStream.range(0, 1_000)
            .mapToLong(
                i -> {
                  cache.fill("row-" + i, "row", 1, 0);
                  return cache.get("row-" + i) instanceof Row<String> row
                      ? row.freshUntilNanos()
                      : -1;
                })
            .summaryStatistics();
    assertThat(until.getMax()).isLessThanOrEqualTo(MINUTE.toNanos());
    assertThat(until.getMin()).isGreaterThanOrEqualTo(MINUTE.toNanos() * 9 / 10);
    assertThat(until.getMax() - until.getMin()).isGreaterThan(MINUTE.toNanos() * 9 / 100);
  }

  @Test
  void use_shorterTimeToLive_freshEntriesExpireByIt() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("row", "row", 3, 100);
    cache.fillNotFound("none", 100);
    cache.use(
        new CacheSettings(SECOND, SECOND, SECOND.dividedBy(2), 0, 1 << 20, 1 << 20), () -> 200);
    assertThat(cache.get("row"))
        .isEqualTo(new Row<>("row", 3, 100, 100 + SECOND.toNanos(), 100 + SECOND.toNanos()));
    assertThat(cache.get("none")).isEqualTo(new NotFound<>(100, 100 + SECOND.toNanos() / 2));
  }

  @Test
  void use_longerTimeToLive_entryThatHasExpiredStaysExpired() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    cache.fillNotFound("b", 100);
    Entry<String> row = Objects.requireNonNull(cache.get("a"));
    Entry<String> none = Objects.requireNonNull(cache.get("b"));
    cache.use(
        new CacheSettings(MINUTE.multipliedBy(2), MINUTE, MINUTE, 0, 1 << 20, 1 << 20),
        () -> 100 + MINUTE.toNanos());
    assertThat(cache.get("a")).isEqualTo(row);
    assertThat(cache.get("b")).isEqualTo(none);
  }

  @Test
  void use_smallerBudgets_evictsWhatIsTooMuch() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    IntStream.range(0, 1_000).forEach(i -> cache.fill("row-" + i, "row", 1, 0));
    IntStream.range(0, 1_000).forEach(i -> cache.fillNotFound("none-" + i, 0));
    cache.use(new CacheSettings(MINUTE, MINUTE, MINUTE, 0, 1 << 14, 1 << 13), () -> 0);
    cache.settle();
    assertThat(cache.rowBytes()).isBetween(1L << 13, 1L << 14);
    assertThat(cache.negativeBytes()).isBetween(1L << 12, 1L << 13);
  }

  @Test
  void sample_moreRowsThanRequested_areRandomAndNoneTwice() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    IntStream.range(0, 1_000).forEach(i -> cache.fill("row-" + i, "row", 1, 0));
    cache.fillNotFound("none", 0);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      List<String> sample = cache.sample(100);
      assertThat(sample).hasSize(100).doesNotHaveDuplicates().doesNotContain("none");
      seen.addAll(sample);
    }
    // The chance that a row is in none of 200 samples is 0.9^200, for all rows less than 1 in 10^6.
    assertThat(seen).hasSize(1_000);
    assertThat(cache.sample(2_000)).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(cache(0, 1 << 20, 1 << 20).sample(100)).isEmpty();
  }

  @Test
  void peek_rowAndNotFound_areSeen() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("a", "row", 3, 100);
    cache.fillNotFound("b", 100);
    assertThat(cache.peek("a")).isEqualTo(cache.get("a")).isInstanceOf(Row.class);
    assertThat(cache.peek("b")).isEqualTo(new NotFound<>(100, 100 + SECOND.toNanos()));
    assertThat(cache.peek("c")).isNull();
  }

  /** An operator sets the budget in bytes; the sizes of the ids and of the rows count. */
  @Test
  void rowBytes_keysAndValues_areCountedWithTheOverhead() {
    MemoryCache<String, String> cache = cache(0, 1 << 20, 1 << 20);
    cache.fill("id", "row", 1, 0);
    cache.fillNotFound("none", 0);
    assertThat(cache.rowBytes()).isEqualTo(MemoryCache.ENTRY_OVERHEAD_BYTES + 2 + 3);
    assertThat(cache.negativeBytes()).isEqualTo(MemoryCache.ENTRY_OVERHEAD_BYTES + 4);
  }

  @Test
  void evictions_budgetsFull_areCountedAndTold() {
    int room = 10;
    int filled = 100;
    long bytes = room * (MemoryCache.ENTRY_OVERHEAD_BYTES + 10L);
    MemoryCache<String, String> cache = cache(0, bytes, bytes);
    Set<String> evicted = new HashSet<>();
    cache.onEviction(evicted::add);
    IntStream.range(0, filled).forEach(i -> cache.fill("row-" + i, "", 1, 0));
    long ofRows = cache.settle().evictions();
    assertThat(ofRows).isEqualTo(filled - cache.rows()).isGreaterThanOrEqualTo(filled - room);
    assertThat(evicted).hasSize((int) ofRows).allMatch(id -> cache.get(id) == null);

    IntStream.range(0, filled).forEach(i -> cache.fillNotFound("none-" + i, 0));
    long ofNotFounds = cache.settle().evictions() - ofRows;
    assertThat(ofNotFounds).isEqualTo(filled - cache.negativeEntries());
    assertThat(evicted).hasSize((int) cache.evictions());
    assertThat(evicted.stream().filter(id -> id.startsWith("none-"))).hasSize((int) ofNotFounds);
  }

  private static MemoryCache<String, String> cache(double jitter, long bytes, long negativeBytes) {
    return new MemoryCache<>(
        new CacheSettings(MINUTE, SECOND.multipliedBy(30), SECOND, jitter, bytes, negativeBytes),
        String::length,
        String::length);
  }
}
