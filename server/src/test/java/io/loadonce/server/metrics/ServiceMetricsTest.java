package io.loadonce.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.Availability;
import io.loadonce.db.source.SourceException;
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
import io.loadonce.server.lookup.OneIdSource;
import io.loadonce.server.ports.Parameters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            _ -> new OneIdSource(ServiceMetricsTest::row),
            new Shared(new WaiterBudget(10), Loaders.of(1), new Availability()),
            LockSettings.DEFAULTS,
            System::nanoTime);
    Lookup lookup = lookups.all().getFirst();
    for (String id : List.of("row", "row", "none", "broken")) {
      lookup.engine().await(lookup.settings().key().parse(id), TIMEOUT);
    }
    for (String id : List.of("row", "other")) {
      lookup.engine().lookOnly(lookup.settings().key().parse(id), Freshness.ANY);
    }

    try (ServiceMetrics metrics = new ServiceMetrics(lookups)) {
      // The caller of the last query was answered before the query counts as ended.
      String page =
          await()
              .atMost(TIMEOUT)
              .until(
                  () -> page(metrics),
                  text ->
                      text.contains("\nloadonce_query_ids_sum{lookup=\"default\"} 3.0\n")
                          && text.contains("\nloadonce_loaders 0.0\n"));
      Map<String, String> samples = ours(page);
      assertThat(positive(samples, "loadonce_lookups_total"))
          .isEqualTo(
              Map.of(
                  "outcome=\"memory\"", "2.0",
                  "outcome=\"loaded\"", "1.0",
                  "outcome=\"missing\"", "1.0",
                  "outcome=\"failed\"", "1.0",
                  "outcome=\"not_cached\"", "1.0"));
      assertThat(positive(samples, "loadonce_misses_total"))
          .isEqualTo(Map.of("reason=\"not_cached_before\"", "3.0"));
      assertThat(positive(samples, "loadonce_failures_total"))
          .isEqualTo(Map.of("reason=\"query_failed\"", "1.0"));
      assertThat(positive(samples, "loadonce_alternative_queries_total"))
          .isEqualTo(
              Map.of(
                  "way=\"no_cache\"", "4.0",
                  "way=\"cache_aside\"", "3.0",
                  "way=\"lock_per_id\"", "3.0"));
      assertThat(samples)
          .containsEntry("loadonce_queries_total{lookup=\"default\"}", "3.0")
          .containsEntry("loadonce_ids_loaded_total{lookup=\"default\"}", "3.0")
          .containsEntry("loadonce_cache_rows{lookup=\"default\"}", "1.0")
          .containsEntry("loadonce_cache_negative_entries{lookup=\"default\"}", "1.0")
          .containsEntry("loadonce_wait_seconds_count{lookup=\"default\"}", "3")
          .containsEntry("loadonce_query_ids_sum{lookup=\"default\"}", "3.0")
          .containsEntry("loadonce_query_ids_bucket{lookup=\"default\",le=\"1.0\"}", "3")
          .containsEntry("loadonce_waiters", "0.0")
          .containsEntry("loadonce_loaders", "0.0")
          .containsEntry("loadonce_database_unreachable", "0.0");
      assertThat(samples.get("loadonce_cache_bytes{lookup=\"default\"}")).isNotEqualTo("0.0");
      assertThat(page).contains("jvm_memory_used_bytes", "process_uptime_seconds");
    }
  }

  /** "row" has one, "broken" fails, and nothing else has any. */
  private static Optional<EncodedRow> row(Key id) throws SourceException {
    return switch (id.text()) {
      case "row" -> Optional.of(EncodedRow.copyOf(new byte[8]));
      case "broken" -> throw new SourceException.QueryFailed("broken", /* cause= */ null);
      default -> Optional.empty();
    };
  }

  private static String page(ServiceMetrics metrics) {
    return metrics.pages().getFirst().render().apply(Parameters.parse(/* query= */ null)).text();
  }

  /** The samples of a metric that are not zero, by their label beside the lookup. */
  private static Map<String, String> positive(Map<String, String> samples, String metric) {
    return samples.entrySet().stream()
        .filter(each -> each.getKey().startsWith(metric + "{") && !each.getValue().equals("0.0"))
        .collect(
            Collectors.toMap(
                each -> each.getKey().replaceFirst(".*lookup=\"default\",(.*)}", "$1"),
                Map.Entry::getValue));
  }

  private static Map<String, String> ours(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("loadonce_"))
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b, TreeMap::new));
  }
}
