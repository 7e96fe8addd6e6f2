package io.loadonce.server.traces;

import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.request.CallObserver;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The traces of this process. Spans wait in a queue of limited length until a thread of its own
 * sends them; if the collector is slow or cannot be reached, further spans are dropped, and calls
 * do not notice. Safe for use by many threads.
 */
public final class Traces implements AutoCloseable {

  /** The most spans that wait to be sent; further ones are dropped. */
  static final int MAX_QUEUED_SPANS = 2048;

  /** How long the collector may take to accept spans. */
  private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);

  /** How long a span waits for others with which it is sent. */
  private static final Duration BETWEEN_EXPORTS = Duration.ofSeconds(1);

  /** At the end: how long the last spans may take to be sent. */
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);

  private static final String SERVICE = "loadonce";

  /** Why spans do not reach the collector. */
  public enum Loss {
    /** Too many spans waited to be sent. */
    QUEUE_FULL,
    /** The collector has refused them, or could not be reached in time. */
    NOT_ACCEPTED
  }

  private final TraceSettings settings;
  private final LoggedExporter exporter;
  private final FullQueue queue = new FullQueue();
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Traces(TraceSettings settings, SpanExporter exporter, Resource service) {
    this.settings = settings;
    this.exporter = new LoggedExporter(exporter, settings.endpoint());
    this.provider =
        SdkTracerProvider.builder()
            .setResource(service)
            .setSampler(Sampler.alwaysOn()) // TracedCalls begins no span for another call
            .addSpanProcessor(
                BatchSpanProcessor.builder(this.exporter)
                    .setMaxQueueSize(MAX_QUEUED_SPANS)
                    .setScheduleDelay(BETWEEN_EXPORTS)
                    .setExporterTimeout(EXPORT_TIMEOUT)
                    .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(queue).build())
                    .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
                    .build())
            .build();
    this.tracer = provider.get(SERVICE);
  }

  /**
   * Starts the thread that sends spans; returns at once, also if the collector cannot be reached.
   *
   * @param version of this service
   */
  public static Traces start(TraceSettings settings, String version) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.url())
            .setTimeout(EXPORT_TIMEOUT)
            .setConnectTimeout(EXPORT_TIMEOUT)
            .setRetryPolicy(/* retryPolicy= */ null)
            .build();
    Attributes service =
        Attributes.builder().put("service.name", SERVICE).put("service.version", version).build();
    return new Traces(settings, exporter, Resource.getDefault().merge(Resource.create(service)));
  }

  /** Returns what begins and ends the spans of calls. */
  public CallObserver calls() {
    return new TracedCalls(tracer, settings.ratio());
  }

  /**
   * Begins and ends a span for each query that a traced call waits for.
   *
   * @param databaseUrl of JDBC
   */
  public void observe(Lookups lookups, String databaseUrl) {
    lookups.observe(lookup -> new TracedLoads(tracer, lookup, databaseUrl));
  }

  /** For tests. */
  Tracer tracer() {
    return tracer;
  }

  /** Returns how many spans were lost for this reason since the start. */
  public long lost(Loss reason) {
    return switch (reason) {
      case QUEUE_FULL -> queue.dropped();
      case NOT_ACCEPTED -> exporter.lost();
    };
  }

  /** Sends the spans that wait; blocks for a second at most. */
  @Override
  public void close() {
    provider.shutdown().join(FLUSH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
