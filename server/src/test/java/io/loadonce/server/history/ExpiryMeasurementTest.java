package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.history.SteadyCalls.Demand;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures how rows that were read at the same moment expire under a steady rate of calls. For
 * {@code docs/freshness.md}; takes minutes.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "history.measure", matches = "true")
class ExpiryMeasurementTest {
  private static final int ROWS = 100_000;
  private static final int GETS_PER_SECOND = 5_000;
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);
  private static final Duration MEASURED = Duration.ofSeconds(13);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long WINDOW_NANOS = Duration.ofMillis(100).toNanos();
  private static final int WARM_UPS = 100;

  /** When each query was sent. */
  private record Watched(Source<Key, Long> source, Queue<Long> queries)
      implements Source<Key, Long> {

    @Override
    public SourceQuery<Key, Long> query(List<Key> ids) {
      queries.add(System.nanoTime());
      return source.query(ids);
    }

    @Override
    public int connections() {
      return source.connections();
    }

    @Override
    public int maxIdsPerQuery() {
      return source.maxIdsPerQuery();
    }

    @Override
    public void close() {
      source.close();
    }
  }

  @Test
  void expire_together_mostQueriesInAnyWindow() throws Exception {
    HistoryDatabase database = HistoryDatabase.start(ROWS);
    for (Demand demand : Demand.values()) {
      for (Duration delay : List.of(Duration.ZERO, Duration.ofMillis(40))) {
        for (double jitter : new double[] {0, 0.1}) {
          for (double earlyRefresh : new double[] {0, 1}) {
            measure(database, demand, delay, jitter, earlyRefresh);
          }
        }
      }
    }
  }

  private static void measure(
      HistoryDatabase database, Demand demand, Duration delay, double jitter, double earlyRefresh)
      throws InterruptedException {
    Queue<Long> queries = new ConcurrentLinkedQueue<>();
    MemoryCache<Key, Long> cache =
        new MemoryCache<>(
            new CacheSettings(TIME_TO_LIVE, TIME_TO_LIVE, TIME_TO_LIVE, jitter, 1L << 30, 1L << 20),
            _ -> 64,
            _ -> 8);
    try (var source =
        new Watched(JdbcSource.open(database.settings(delay), LoadOnceSubject::payload), queries)) {
      LoadOnce<Key, Long> engine =
          new LoadOnce<>(
              cache,
              new LoadSettings(earlyRefresh, Duration.ZERO, Duration.ZERO),
              LockSettings.DEFAULTS,
              source,
              System::nanoTime);
      for (int i = 0; i < WARM_UPS; i++) {
        engine.await(new Key(Integer.toString(ROWS + i)), TIMEOUT);
      }
      queries.clear();
      long idsBefore = engine.idsLoaded();
      long readNanos = System.nanoTime();
      IntStream.range(0, ROWS)
          .forEach(id -> cache.fill(new Key(Integer.toString(id)), 1L, 1, readNanos));
      SteadyCalls calls =
          new SteadyCalls(engine, ROWS, demand, GETS_PER_SECOND, MEASURED, TIMEOUT, (_, _) -> {});
      long gets = calls.call();
      System.out.printf(
          "expiry, %s, query 0-%d ms, jitter %.0f %%, early refresh %.0f: at most %d queries in"
              + " any 100 ms; %,d queries for %,d ids, %,d Gets%n",
          demand,
          delay.toMillis(),
          jitter * 100,
          earlyRefresh,
          most(queries),
          queries.size(),
          engine.idsLoaded() - idsBefore,
          gets);
      assertThat(queries).isNotEmpty();
    }
  }

  private static int most(Queue<Long> queries) {
    Deque<Long> window = new ArrayDeque<>();
    int most = 0;
    for (long query : queries.stream().sorted().toList()) {
      window.add(query);
      while (query - window.element() > WINDOW_NANOS) {
        window.remove();
      }
      most = Math.max(most, window.size());
    }
    return most;
  }
}
