package io.loadonce.server.traces;

import io.loadonce.server.load.Histogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.Clock;
import java.util.concurrent.TimeUnit;

/** The exemplars of Prometheus: from a bucket of a histogram to the trace of a value in it. */
final class Exemplars {

  private Exemplars() {}

  /**
   * Keeps the span of a value.
   *
   * @param nanos which the histogram has recorded
   */
  static void keep(Histogram histogram, long nanos, Span span) {
    SpanContext trace = span.getSpanContext();
    long epochMillis = TimeUnit.NANOSECONDS.toMillis(Clock.getDefault().now());
    histogram.exemplify(
        new Histogram.Exemplar(nanos, trace.getTraceId(), trace.getSpanId(), epochMillis));
  }
}
