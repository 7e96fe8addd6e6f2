package io.loadonce.server.metrics;

import io.loadonce.db.jdbc.PoolState;
import io.loadonce.server.audit.AuditCounts;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.ports.Page;
import io.loadonce.server.request.CallCounts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the service, for Prometheus. The engine counts by itself; this class names its
 * counters and reads them during a scrape, so that a lookup pays nothing for metrics. The values of
 * a label are those of an enum, or the names of the lookups. Safe for use by many threads.
 */
public final class ServiceMetrics implements AutoCloseable {

  /** The two formats, as types of HTTP; only the second one has exemplars. */
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(new Config());
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public ServiceMetrics(Lookups lookups) {
    // Their names break the rules of Prometheus, and process.cpu.usage says as much as the first.
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    register(lookups.shared());
    LookupMetrics.register(registry, lookups.all());
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

  /** Returns the pages with all metrics, one for each format. A page blocks while they are read. */
  public List<Page> pages() {
    return List.of(
        page("the metrics, for Prometheus", PROMETHEUS),
        page(
            "the same with exemplars, if Accept names application/openmetrics-text", OPEN_METRICS));
  }

  private Page page(String meaning, String type) {
    return Page.of(
        "/metrics",
        Page.Readers.OPERATORS,
        meaning,
        type,
        () -> new Page.Content(200, registry.scrape(type)));
  }

  /** Registers the numbers of calls, by method and status, and the times of sampled calls. */
  public void register(CallCounts calls) {
    CallMetrics.register(registry, calls);
  }

  /**
   * Registers what was found by comparing cached rows with the database.
   *
   * @param audits by the name of the lookup
   */
  public void register(Map<String, AuditCounts> audits) {
    AuditMetrics.register(registry, audits);
  }

  /** Registers the connections of the pool. */
  public void register(Supplier<PoolState> pool) {
    connections(pool, "active", PoolState::active);
    connections(pool, "idle", PoolState::idle);
    gauge(
        "loadonce.connections.limit",
        "The most connections that the pool opens",
        pool,
        each -> each.get().limit());
    gauge(
        "loadonce.connection.waiters",
        "Number of threads that wait for a connection of the pool",
        pool,
        each -> each.get().waiting());
  }

  /** Registers which build this is. */
  public void registerBuild(String version) {
    Gauge.builder("loadonce.build.info", () -> 1)
        .description("Always 1; the labels have the version of Loadonce and of Java")
        .tag("version", version)
        .tag("java", Runtime.version().toString())
        .register(registry);
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

  private void connections(Supplier<PoolState> pool, String state, ToIntFunction<PoolState> count) {
    Gauge.builder("loadonce.connections", pool, each -> count.applyAsInt(each.get()))
        .description("Number of open connections of the pool, by state")
        .tag("state", state)
        .register(registry);
  }

  /**
   * Only buckets have exemplars. By default Micrometer sets a property that gives them to the sums
   * and counts, too, and Prometheus then refuses all metrics. Here no property is set.
   */
  private static final class Config implements PrometheusConfig {
    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public Properties prometheusProperties() {
      return new Properties();
    }
  }

  private <T> void gauge(String name, String what, T measured, ToDoubleFunction<T> measure) {
    Gauge.builder(name, measured, measure)
        .description(what)
        .strongReference(true)
        .register(registry);
  }
}
