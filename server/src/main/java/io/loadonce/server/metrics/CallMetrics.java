package io.loadonce.server.metrics;

import io.loadonce.server.request.CallCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Locale;

/** The metrics of the calls over gRPC. */
final class CallMetrics {

  private CallMetrics() {}

  static void register(PrometheusMeterRegistry registry, CallCounts calls) {
    Histograms times =
        Histograms.ofTimes(
            "loadonce_call_answered_at_once_seconds",
            "How long the event loop was busy with a call that it answered at once, such as a hit;"
                + " one call in 64 is measured");
    for (CallCounts.Method method : CallCounts.Method.values()) {
      String name = method.name().toLowerCase(Locale.ROOT);
      for (String status : CallCounts.statuses()) {
        FunctionCounter.builder("loadonce.calls", calls, all -> all.ended(method, status))
            .description(
                "Number of calls that have ended, by method and gRPC status; a call whose client"
                    + " left before the reply counts as cancelled")
            .tag("method", name)
            .tag("code", status)
            .register(registry);
      }
      times.with(Labels.of("method", name), calls.answeredAtOnce(method));
    }
    times.register(registry.getPrometheusRegistry());
  }
}
