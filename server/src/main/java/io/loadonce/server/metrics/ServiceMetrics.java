package io.loadonce.server.metrics;

import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LookupCounts;
import io.loadonce.server.load.LookupCounts.Ending;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What the engine counts, as Prometheus reads it. The engine counts anyway; here its counters get
 * their names and are read when somebody asks, so that a lookup pays nothing. No label has more
 * values than an enum. Safe for use by many threads.
 */
public final class ServiceMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public ServiceMetrics(LoadOnce<?, ?> loadOnce, MemoryCache<?, ?> cache) {
    for (Ending ending : Ending.values()) {
      lookups(loadOnce.counts(), ending);
    }
    counter(
        "loadonce.queries",
        "Loads from the database; each is one query unless a row spoils it",
        loadOnce,
        LoadOnce::queries);
    counter("loadonce.ids.loaded", "Ids those queries asked for", loadOnce, LoadOnce::idsLoaded);
    gauge("loadonce.flights", "Loads under way", loadOnce, LoadOnce::flights);
    gauge("loadonce.waiters", "Callers that wait for a load", loadOnce, LoadOnce::waiters);
    gauge(
        "loadonce.database.unreachable",
        "1 while the last load to end could not reach the database, or 0",
        loadOnce,
        engine -> engine.isDatabaseUnreachable() ? 1 : 0);
    gauge("loadonce.cache.rows", "Rows in memory, fresh or not", cache, MemoryCache::rows);
    gauge(
        "loadonce.cache.negative.entries",
        "Absences in memory, fresh or not",
        cache,
        MemoryCache::negativeEntries);
    for (MeterBinder process :
        List.of(
            garbageCollection,
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new FileDescriptorMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics())) {
      process.bindTo(registry);
    }
  }

  /** Everything, in the text format of Prometheus. Blocks for as long as counting takes. */
  public String scrape() {
    return registry.scrape();
  }

  /** Where other rooms may register what they count. */
  public MeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  private void lookups(LookupCounts counts, Ending ending) {
    FunctionCounter.builder("loadonce.lookups", counts, all -> all.count(ending))
        .description("Lookups that have ended, by how they ended")
        .tag("outcome", ending.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  private <T> void counter(String name, String what, T counted, ToDoubleFunction<T> count) {
    FunctionCounter.builder(name, counted, count).description(what).register(registry);
  }

  private <T> void gauge(String name, String what, T measured, ToDoubleFunction<T> measure) {
    Gauge.builder(name, measured, measure).description(what).register(registry);
  }
}
