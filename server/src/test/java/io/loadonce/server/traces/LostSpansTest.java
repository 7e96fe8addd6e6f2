package io.loadonce.server.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.server.metrics.TraceMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans that a collector does not get are counted, each once. */
@Timeout(60)
class LostSpansTest {

  private static final int SPANS = 4_000;
  private static final Pattern LOST =
      Pattern.compile("(?m)^loadonce_traces_spans_lost_total\\{reason=\"(\\w+)\"} (\\S+)$");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void lost_collectorHangsThenRefuses_eachSpanCountsOnceByItsReason() throws Exception {
    try (Collector collector = Collector.open();
        Traces traces = Traces.start(new TraceSettings(collector.address(), 1), "test")) {
      TraceMetrics.register(registry, traces);
      assertThat(lost()).isEqualTo(Map.of("queue_full", 0.0, "not_accepted", 0.0));

      collector.hold();
      collector.refuse(true);
      spans(traces, SPANS);
      assertThat(lost()).containsEntry("not_accepted", 0.0);
      assertThat(lost().get("queue_full")).isBetween(1.0, SPANS - (double) Traces.MAX_QUEUED_SPANS);
      collector.release();
      await().until(() -> lost().values().stream().mapToDouble(each -> each).sum() >= SPANS);
      Map<String, Double> lost = lost();
      assertThat(lost.values().stream().mapToDouble(each -> each).sum()).isEqualTo(SPANS);

      collector.refuse(false);
      spans(traces, 1);
      await().until(() -> collector.calls().size() == 1);
      assertThat(lost()).isEqualTo(lost);
    }
  }

  private static void spans(Traces traces, int count) {
    for (int i = 0; i < count; i++) {
      traces.tracer().spanBuilder("call").setSpanKind(SpanKind.SERVER).startSpan().end();
    }
  }

  private Map<String, Double> lost() {
    return LOST.matcher(registry.scrape())
        .results()
        .collect(
            Collectors.toMap(each -> each.group(1), each -> Double.parseDouble(each.group(2))));
  }
}
