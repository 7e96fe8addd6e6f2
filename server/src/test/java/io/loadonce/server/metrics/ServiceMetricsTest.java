package io.loadonce.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
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
    Lookups lookups =
        new Lookups(
            List.of(
                new LookupConfig(
                    EmbeddedCities.LOOKUP.withKey("id", KeyType.TEXT),
                    CacheSettings.within(1 << 20, 1 << 20),
                    LoadSettings.DEFAULTS)),
            _ -> new Rows(),
            new Shared(new WaiterBudget(10), Loaders.of(1), new Availability()),
            LockSettings.DEFAULTS,
            System::nanoTime);
    Lookup lookup = lookups.all().getFirst();
    for (String id : List.of("row", "row", "none", "broken")) {
      lookup.engine().await(lookup.settings().key().parse(id), TIMEOUT);
    }
    lookup.engine().lookOnly(lookup.settings().key().parse("other"), Freshness.ANY);

    try (ServiceMetrics metrics = new ServiceMetrics(lookups)) {
      assertThat(ours(metrics.scrape()))
          .isEqualTo(
              new TreeMap<>(
                  Map.ofEntries(
                      Map.entry("loadonce_cache_negative_entries{lookup=\"default\"}", "1.0"),
                      Map.entry("loadonce_cache_rows{lookup=\"default\"}", "1.0"),
                      Map.entry("loadonce_database_unreachable", "0.0"),
                      Map.entry("loadonce_loaders", "0.0"),
                      Map.entry("loadonce_flights{lookup=\"default\"}", "0.0"),
                      Map.entry("loadonce_ids_loaded_total{lookup=\"default\"}", "3.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"cancelled\"}",
                          "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"failed\"}", "1.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"joined\"}", "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"loaded\"}", "1.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"memory\"}", "1.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"missing\"}", "1.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"not_cached\"}",
                          "1.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"outdated\"}", "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"refused\"}", "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"shared\"}", "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"stale\"}", "0.0"),
                      Map.entry(
                          "loadonce_lookups_total{lookup=\"default\",outcome=\"timed_out\"}",
                          "0.0"),
                      Map.entry("loadonce_queries_total{lookup=\"default\"}", "3.0"),
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
  private static final class Rows implements Source<Key, EncodedRow> {
    @Override
    public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
      return new SourceQuery<>() {
        @Override
        public Map<Key, SourceRow<EncodedRow>> run() throws SourceException {
          Key id = ids.getFirst();
          if (id.text().equals("broken")) {
            throw new SourceException.QueryFailed("broken", /* cause= */ null);
          }
          return id.text().equals("row")
              ? Map.of(id, new SourceRow.Found<>(EncodedRow.copyOf(new byte[8]), 1))
              : Map.of();
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
  }
}
