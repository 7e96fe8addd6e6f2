package io.loadonce.server.metrics;

import io.loadonce.server.audit.AuditCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The metrics of the comparisons of cached rows with the database. */
final class AuditMetrics {

  private static final String LOOKUP = "lookup";

  private AuditMetrics() {}

  /**
   * @param counts by the name of the lookup
   */
  static void register(PrometheusMeterRegistry registry, Map<String, AuditCounts> counts) {
    Histograms ages =
        Histograms.ofTimes(
            "loadonce_audit_stale_age_seconds",
            "How long ago the rows had been read that --audit has found to be stale: they had been"
                + " wrong for this long at most");
    counts.forEach(
        (lookup, each) -> {
          counter(
              registry,
              "loadonce.audit.checked",
              "Number of cached rows that --audit has compared with the database",
              lookup,
              each,
              AuditCounts::checked);
          counter(
              registry,
              "loadonce.audit.stale",
              "Number of those rows that the database did not have, at two looks, a second apart",
              lookup,
              each,
              AuditCounts::stale);
          ages.with(Labels.of(LOOKUP, lookup), each.staleAges());
        });
    ages.register(registry.getPrometheusRegistry());
  }

  private static void counter(
      PrometheusMeterRegistry registry,
      String name,
      String what,
      String lookup,
      AuditCounts counts,
      ToDoubleFunction<AuditCounts> count) {
    FunctionCounter.builder(name, counts, count)
        .description(what)
        .tag(LOOKUP, lookup)
        .register(registry);
  }
}
