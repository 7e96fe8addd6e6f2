package io.loadonce.server.metrics;

import io.loadonce.server.traces.Traces;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** The metrics of traces; registered only with {@code --trace-endpoint}. */
public final class TraceMetrics {

  private TraceMetrics() {}

  /** Registers the counters of spans that do not reach the collector. */
  public static void register(MeterRegistry registry, Traces traces) {
    for (Traces.Loss reason : Traces.Loss.values()) {
      FunctionCounter.builder("loadonce.traces.spans.lost", traces, each -> each.lost(reason))
          .description("Number of spans that were not sent to the collector, by reason")
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }
}
