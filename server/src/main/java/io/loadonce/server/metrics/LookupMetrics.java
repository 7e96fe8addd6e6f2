package io.loadonce.server.metrics;

import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadStatistics;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Cap;
import io.loadonce.server.lookup.Lookup;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongBiFunction;

/** The metrics of each lookup. */
final class LookupMetrics {

  /** The label with the name of the lookup; its values are those of the settings. */
  private static final String LOOKUP = "lookup";

  private final MeterRegistry registry;
  private final String name;

  private LookupMetrics(MeterRegistry registry, String name) {
    this.registry = registry;
    this.name = name;
  }

  static void register(PrometheusMeterRegistry registry, List<Lookup> lookups) {
    for (Lookup lookup : lookups) {
      LookupMetrics metrics = new LookupMetrics(registry, lookup.settings().name());
      metrics.counts(lookup.engine());
      metrics.cache(lookup.cache());
    }
    histograms(registry.getPrometheusRegistry(), lookups);
  }

  private void counts(LoadOnce<?, ?> engine) {
    byValue(
        "loadonce.lookups",
        "Number of lookups that have ended, by outcome",
        "outcome",
        Ending.values(),
        engine,
        (each, ending) -> each.counts().count(ending));
    byValue(
        "loadonce.misses",
        "Number of lookups that were a miss at the first look, by the reason why the cache had"
            + " nothing to serve; after everything was invalidated, that is the reason of as many"
            + " misses of ids without an entry as there were entries",
        "reason",
        Miss.values(),
        engine,
        (each, why) -> each.statistics().misses(why));
    byValue(
        "loadonce.failures",
        "Number of lookups whose load failed, by reason",
        "reason",
        LoadStatistics.Failure.values(),
        engine,
        (each, reason) -> each.statistics().failures(reason));
    byValue(
        "loadonce.refusals",
        "Number of lookups that were refused, by the limit that was reached",
        "limit",
        Cap.values(),
        engine,
        (each, cap) -> each.statistics().refusals(cap));
    byValue(
        "loadonce.alternative.queries",
        "Number of queries that the same lookups would have caused in another way",
        "way",
        Alternatives.Way.values(),
        engine,
        Alternatives::queries);
    counter(
        "loadonce.queries",
        "Number of queries sent to the database; one that fails for a single row is repeated id by"
            + " id and counted once",
        engine,
        LoadOnce::queries);
    counter(
        "loadonce.ids.loaded",
        "Number of ids in the queries sent to the database",
        engine,
        LoadOnce::idsLoaded);
    gauge(
        "loadonce.flights",
        "Number of flights: ids whose load is under way",
        engine,
        LoadOnce::flights);
  }

  private void cache(MemoryCache<?, ?> cache) {
    gauge(
        "loadonce.cache.rows",
        "Number of rows in the cache, including expired ones",
        cache,
        MemoryCache::rows);
    gauge(
        "loadonce.cache.negative.entries",
        "Number of cached \"not found\" entries, including expired ones",
        cache,
        MemoryCache::negativeEntries);
    gauge(
        "loadonce.cache.bytes",
        "Memory of the rows in the cache, as the memory budget counts it",
        cache,
        MemoryCache::rowBytes);
    gauge(
        "loadonce.cache.limit.bytes",
        "Memory budget of the rows in the cache",
        cache,
        each -> each.settings().maxBytes());
    gauge(
        "loadonce.cache.negative.bytes",
        "Memory of the cached \"not found\" entries, as the memory budget counts it",
        cache,
        MemoryCache::negativeBytes);
    counter(
        "loadonce.evictions",
        "Number of entries that were evicted because the memory budget was full",
        cache,
        MemoryCache::evictions);
  }

  private static void histograms(PrometheusRegistry registry, List<Lookup> lookups) {
    Histograms stages =
        Histograms.ofTimes(
            "loadonce_load_stage_seconds",
            "Where the time of loads goes: in the queue, for each id; until there is a connection,"
                + " until the first rows, and reading the rows, for each query");
    Histograms waits =
        Histograms.ofTimes(
            "loadonce_wait_seconds",
            "How long the callers waited whose first look was a miss: for their answer, or until"
                + " they left without one");
    Histograms ages =
        Histograms.ofTimes(
            "loadonce_hit_age_seconds",
            "How long ago the rows of hits were read from the database; one hit in 128 is"
                + " measured");
    Histograms ids = Histograms.ofCounts("loadonce_query_ids", "How many ids a query was for");
    for (Lookup lookup : lookups) {
      LoadStatistics<?> statistics = lookup.engine().statistics();
      String name = lookup.settings().name();
      Labels labels = Labels.of(LOOKUP, name);
      for (LoadStatistics.Stage stage : LoadStatistics.Stage.values()) {
        stages.with(Labels.of(LOOKUP, name, "stage", text(stage)), statistics.stage(stage));
      }
      waits.with(labels, statistics.waits());
      ages.with(labels, statistics.ages());
      ids.with(labels, statistics.queryIds());
    }
    List.of(stages, waits, ages, ids).forEach(each -> each.register(registry));
  }

  private <T, E extends Enum<E>> void byValue(
      String metric,
      String what,
      String label,
      E[] values,
      T counted,
      ToLongBiFunction<T, E> count) {
    for (E value : values) {
      FunctionCounter.builder(metric, counted, each -> count.applyAsLong(each, value))
          .description(what)
          .tag(LOOKUP, name)
          .tag(label, text(value))
          .register(registry);
    }
  }

  private <T> void counter(String metric, String what, T counted, ToDoubleFunction<T> count) {
    FunctionCounter.builder(metric, counted, count)
        .description(what)
        .tag(LOOKUP, name)
        .register(registry);
  }

  private <T> void gauge(String metric, String what, T measured, ToDoubleFunction<T> measure) {
    Gauge.builder(metric, measured, measure).description(what).tag(LOOKUP, name).register(registry);
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
