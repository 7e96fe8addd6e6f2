package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Origin;
import java.time.Duration;
import java.util.List;
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

  /** What the cache has for such a caller, its first look has found. */
  @Test
  void of_staleOnErrorOff_isNull() {
    CachedRows<String, String> off =
        new CachedRows<>(
            this::readBeforeTheFeedConnects,
            feedState,
            new FreshnessPolicy<>(EngineFixture.LOAD),
            () -> NOW_NANOS);
    assertThat(off.of("a", Freshness.ANY, NOW_NANOS, NOW_NANOS)).isNull();
  }

  /** The cache needs the hash code of an id to find its entry: the feed connects just then. */
  @Test
  void look_feedConnectsAfterTheRead_isStale() {
    MemoryCache<Object, String> cache =
        new MemoryCache<>(EngineFixture.CACHE, _ -> 1, String::length);
    LoadOnce<Object, String> engine =
        new LoadOnce<>(
            cache, EngineFixture.LOAD, EngineFixture.LOCK, new NoDatabase(), () -> NOW_NANOS);
    Object id =
        new Object() {
          @Override
          public int hashCode() {
            engine.feedState().connected(NOW_NANOS, LIMIT_NANOS);
            return 0;
          }
        };
    cache.fill(id, "a", /* version= */ 1, NOW_NANOS - 1);
    engine.feedState().lost(NOW_NANOS - LIMIT_NANOS);
    assertThat(engine.look(id, Freshness.ANY)).isEqualTo(new Found<>("a", 1, Origin.STALE, 1));
    assertThat(engine.look(id, Freshness.ANY)).isEqualTo(new Found<>("a", 1, Origin.MEMORY, 1));
  }

  private Entry<String> readBeforeTheFeedConnects(String id) {
    Entry<String> read =
        new Entry.Row<>(
            id, /* version= */ 1, NOW_NANOS - 1, NOW_NANOS + LIMIT_NANOS, NOW_NANOS + LIMIT_NANOS);
    feedState.connected(NOW_NANOS, LIMIT_NANOS);
    return read;
  }

  /** A database that no call reaches. */
  private static final class NoDatabase implements Source<Object, String> {
    @Override
    public SourceQuery<Object, String> query(List<Object> ids) {
      throw new AssertionError("a query for " + ids.size() + " ids");
    }

    @Override
    public int connections() {
      return 1;
    }

    @Override
    public int maxIdsPerQuery() {
      return 1;
    }
  }
}
