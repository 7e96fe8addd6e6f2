package io.loadonce.server.metrics;

import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.LookupCounts;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
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
 * The metrics of the service, for Prometheus. The engine counts by itself; this class names its
 * counters and reads them during a scrape, so that a lookup pays nothing for metrics. The values of
 * a label are those of an enum, or the names of the lookups. Safe for use by many threads.
 */
public final class ServiceMetrics implements AutoCloseable {

  /** The label with the name of the lookup; its values are those of the settings. */
  private static final String LOOKUP = "lookup";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public ServiceMetrics(Lookups lookups) {
    register(lookups.shared());
    lookups.all().forEach(this::register);
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

  /** Returns all metrics in the text format of Prometheus. Blocks while they are read. */
  public String scrape() {
    return registry.scrape();
  }

  /** Returns the registry, for the metrics of other rooms. */
  public MeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  private void register(Shared shared) {
    gauge(
        "loadonce.waiters",
        "Number of callers that wait for a load",
        shared.waiters(),
        WaiterBudget::waiters);
    gauge(
        "loadonce.database.unreachable",
        "1 until the database has been reached, and if the load that ended last could not reach it;"
            + " otherwise 0",
        shared.availability(),
        availability -> availability.isUnreachable() ? 1 : 0);
    gauge(
        "loadonce.loaders",
        "Number of loader threads that run a query or are about to; at most one per connection",
        shared.loaders(),
        Loaders::inUse);
  }

  private void register(Lookup lookup) {
    String name = lookup.settings().name();
    LoadOnce<?, ?> engine = lookup.engine();
    for (Ending ending : Ending.values()) {
      lookups(name, engine.counts(), ending);
    }
    counter(
        name,
        "loadonce.queries",
        "Number of queries sent to the database; one that fails for a single row is repeated id by"
            + " id and counted once",
        engine,
        LoadOnce::queries);
    counter(
        name,
        "loadonce.ids.loaded",
        "Number of ids in the queries sent to the database",
        engine,
        LoadOnce::idsLoaded);
    gauge(
        name,
        "loadonce.flights",
        "Number of flights: ids whose load is under way",
        engine,
        LoadOnce::flights);
    gauge(
        name,
        "loadonce.cache.rows",
        "Number of rows in the cache, including expired ones",
        lookup.cache(),
        MemoryCache::rows);
    gauge(
        name,
        "loadonce.cache.negative.entries",
        "Number of cached \"not found\" entries, including expired ones",
        lookup.cache(),
        MemoryCache::negativeEntries);
  }

  private void lookups(String lookup, LookupCounts counts, Ending ending) {
    FunctionCounter.builder("loadonce.lookups", counts, all -> all.count(ending))
        .description("Number of lookups that have ended, by outcome")
        .tag(LOOKUP, lookup)
        .tag("outcome", ending.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  private <T> void counter(
      String lookup, String name, String what, T counted, ToDoubleFunction<T> count) {
    FunctionCounter.builder(name, counted, count)
        .description(what)
        .tag(LOOKUP, lookup)
        .register(registry);
  }

  private <T> void gauge(
      String lookup, String name, String what, T measured, ToDoubleFunction<T> measure) {
    Gauge.builder(name, measured, measure).description(what).tag(LOOKUP, lookup).register(registry);
  }

  private <T> void gauge(String name, String what, T measured, ToDoubleFunction<T> measure) {
    Gauge.builder(name, measured, measure).description(what).register(registry);
  }
}
