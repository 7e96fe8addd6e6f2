package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Origin;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The change feed connects again exactly when a call has read its entry. */
class CachedRowsTest {

  private static final long NOW_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LIMIT_NANOS = Duration.ofSeconds(2).toNanos();

  private final FeedState feedState = new FeedState();
  private final CachedRows<String, String> rows =
      new CachedRows<>(
          this::readBeforeTheFeedConnects,
          feedState,
          new FreshnessPolicy<>(
              new LoadSettings(
                  /* earlyRefresh= */ 0, Duration.ofMinutes(1), Duration.ofSeconds(2))),
          () -> NOW_NANOS);

  @Test
  void fresh_feedConnectsAfterTheRead_isStale() {
    feedState.lost(NOW_NANOS - LIMIT_NANOS);
    assertThat(rows.fresh("a", Freshness.ANY, NOW_NANOS, NOW_NANOS))
        .isEqualTo(new Found<>("a", 1, Origin.STALE, 1));
  }

  @Test
  void of_feedConnectsAfterTheRead_isStale() {
    feedState.lost(NOW_NANOS - LIMIT_NANOS);
    assertThat(rows.of("a", Freshness.ANY, NOW_NANOS, NOW_NANOS))
        .isEqualTo(new Found<>("a", 1, Origin.STALE, 1));
  }

  private Entry<String> readBeforeTheFeedConnects(String id) {
    Entry<String> read =
        new Entry.Row<>(
            id, /* version= */ 1, NOW_NANOS - 1, NOW_NANOS + LIMIT_NANOS, NOW_NANOS + LIMIT_NANOS);
    feedState.connected(NOW_NANOS, LIMIT_NANOS);
    return read;
  }
}
