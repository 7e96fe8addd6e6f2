package io.loadonce.server.metrics;

import io.loadonce.server.tier.RedisTier;
import io.loadonce.server.tier.TierCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The metrics of the shared store; registered only with {@code --redis-url}. */
public final class TierMetrics {
  private final MeterRegistry registry;
  private final RedisTier tier;

  private TierMetrics(MeterRegistry registry, RedisTier tier) {
    this.registry = registry;
    this.tier = tier;
  }

  /**
   * @param lookups the names of all lookups
   */
  public static void register(MeterRegistry registry, RedisTier tier, Set<String> lookups) {
    TierMetrics metrics = new TierMetrics(registry, tier);
    metrics.register();
    lookups.forEach(metrics::register);
  }

  private void register() {
    Gauge.builder("loadonce.tier.connected", tier, each -> each.isConnected() ? 1 : 0)
        .description("1 while Redis is reached, otherwise 0: the breaker is open")
        .register(registry);
    FunctionCounter.builder("loadonce.tier.failures", tier, RedisTier::failures)
        .description("How often the breaker has opened because Redis failed or did not answer")
        .register(registry);
    Gauge.builder("loadonce.tier.other.instances", tier, RedisTier::otherInstances)
        .description("Number of other instances whose heartbeats arrive")
        .register(registry);
  }

  private void register(String lookup) {
    looks(lookup, "hit", TierCounts::hits);
    looks(lookup, "lease", TierCounts::leases);
    looks(lookup, "wait", TierCounts::waits);
    looks(lookup, "too_large", TierCounts::tooLarge);
    looks(lookup, "unreadable", TierCounts::unreadable);
    counter(
        lookup,
        "loadonce.tier.not.reached",
        "Number of ids loaded from the database because Redis was not reached or not trusted",
        TierCounts::notReached);
    counter(
        lookup,
        "loadonce.tier.landed",
        "Number of rows and \"not found\" answers put into Redis",
        TierCounts::landed);
    counter(
        lookup,
        "loadonce.tier.landings.refused",
        "Number of rows and \"not found\" answers not put into Redis, because the lease was gone:"
            + " the id was invalidated during its load, or the load took too long",
        TierCounts::landingsRefused);
    gauge(lookup, "loadonce.tier.parked", "Number of ids that other instances load", tier::parked);
    gauge(
        lookup,
        "loadonce.tier.owed",
        "Number of ids that are still to be removed from Redis",
        tier::owed);
    gauge(
        lookup,
        "loadonce.tier.trusted",
        "1 while the rows in Redis are used; 0 until it is known that no change was missed",
        name -> tier.isTrusted(name) ? 1 : 0);
  }

  private void looks(String lookup, String result, ToDoubleFunction<TierCounts> count) {
    FunctionCounter.builder("loadonce.tier.looks", tier.counts(lookup), count)
        .description("Number of ids looked up in Redis, by result")
        .tag("lookup", lookup)
        .tag("result", result)
        .register(registry);
  }

  private void counter(
      String lookup, String name, String what, ToDoubleFunction<TierCounts> count) {
    FunctionCounter.builder(name, tier.counts(lookup), count)
        .description(what)
        .tag("lookup", lookup)
        .register(registry);
  }

  private void gauge(String lookup, String name, String what, ToDoubleFunction<String> measure) {
    Gauge.builder(name, lookup, measure)
        .strongReference(true)
        .description(what)
        .tag("lookup", lookup)
        .register(registry);
  }
}
