package io.loadonce.server.traces;

import io.grpc.ServerInterceptor;
import io.loadonce.server.lookup.Lookups;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
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

  private final TraceSettings settings;
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Traces(TraceSettings settings, SdkTracerProvider provider) {
    this.settings = settings;
    this.provider = provider;
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
    return new Traces(
        settings,
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().merge(Resource.create(service)))
            .setSampler(Sampler.alwaysOn()) // TracedCalls begins no span for another call
            .addSpanProcessor(
                BatchSpanProcessor.builder(new LoggedExporter(exporter, settings.endpoint()))
                    .setMaxQueueSize(MAX_QUEUED_SPANS)
                    .setScheduleDelay(BETWEEN_EXPORTS)
                    .setExporterTimeout(EXPORT_TIMEOUT)
                    .build())
            .build());
  }

  /** Returns what begins and ends the spans of calls. */
  public ServerInterceptor calls() {
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

  /** Sends the spans that wait; blocks for a second at most. */
  @Override
  public void close() {
    provider.shutdown().join(FLUSH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
