package io.loadonce.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names that scripts rely on, and what stands behind them. */
class ServiceMetricsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void scrape_afterOneLookupOfEachKind_hasEveryName() throws Exception {
    MemoryCache<String, String> cache =
        new MemoryCache<>(CacheSettings.within(1 << 20, 1 << 20), String::length, String::length);
    LoadOnce<String, String> loadOnce =
        new LoadOnce<>(
            cache, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, new Rows(), System::nanoTime);
    loadOnce.await("row", TIMEOUT);
    loadOnce.await("row", TIMEOUT);
    loadOnce.await("none", TIMEOUT);
    loadOnce.await("broken", TIMEOUT);

    try (ServiceMetrics metrics = new ServiceMetrics(loadOnce, cache)) {
      assertThat(ours(metrics.scrape()))
          .isEqualTo(
              new TreeMap<>(
                  Map.ofEntries(
                      Map.entry("loadonce_cache_negative_entries", "1.0"),
                      Map.entry("loadonce_cache_rows", "1.0"),
                      Map.entry("loadonce_database_unreachable", "0.0"),
                      Map.entry("loadonce_flights", "0.0"),
                      Map.entry("loadonce_ids_loaded_total", "3.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"cancelled\"}", "0.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"failed\"}", "1.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"joined\"}", "0.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"loaded\"}", "1.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"memory\"}", "1.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"missing\"}", "1.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"outdated\"}", "0.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"refused\"}", "0.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"stale\"}", "0.0"),
                      Map.entry("loadonce_lookups_total{outcome=\"timed_out\"}", "0.0"),
                      Map.entry("loadonce_queries_total", "3.0"),
                      Map.entry("loadonce_waiters", "0.0"))));
      assertThat(metrics.scrape()).contains("jvm_memory_used_bytes", "process_uptime_seconds");
    }
  }

  private static Map<String, String> ours(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("loadonce_"))
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b, TreeMap::new));
  }

  /** "row" has one, "broken" fails, and nothing else has any. */
  private static final class Rows implements Source<String, String> {
    @Override
    public SourceQuery<String, String> query(List<String> ids) {
      return new SourceQuery<>() {
        @Override
        public Map<String, SourceRow<String>> run() throws SourceException {
          if (ids.contains("broken")) {
            throw new SourceException.QueryFailed("broken", /* cause= */ null);
          }
          return ids.contains("row") ? Map.of("row", new SourceRow.Found<>("here", 1)) : Map.of();
        }

        @Override
        public void cancel() {}
      };
    }

    @Override
    public int connections() {
      return 1;
    }

    @Override
    public int maxIdsPerQuery() {
      return 1;
    }

    @Override
    public void close() {}
  }
}
