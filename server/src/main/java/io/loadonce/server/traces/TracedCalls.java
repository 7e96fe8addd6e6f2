package io.loadonce.server.traces;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.loadonce.server.request.CallObserver;
import io.loadonce.v1.ResourceServiceGrpc;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span for each call of the service that is traced: if the caller has sent a valid {@code
 * traceparent}, its flag decides, and otherwise chance does.
 */
final class TracedCalls implements CallObserver {

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");

  /** The statuses that are the fault of a server, by OpenTelemetry's conventions. */
  private static final Set<Status.Code> FAULTS =
      Set.of(
          Status.Code.UNKNOWN,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.UNIMPLEMENTED,
          Status.Code.INTERNAL,
          Status.Code.UNAVAILABLE,
          Status.Code.DATA_LOSS);

  private static final Metadata.Key<String> PARENT = header("traceparent");
  private static final Metadata.Key<String> STATE = header("tracestate");

  /**
   * A client cancels its call when the deadline passes. Its deadline began earlier than that of the
   * server, so the cancellation may arrive this much before the deadline of the server.
   */
  private static final Duration DEADLINE_MARGIN = Duration.ofMillis(50);

  static final Context.Key<Span> CALL = Context.key("loadonce-span");

  private final Tracer tracer;
  private final double ratio;

  /**
   * @param ratio the share of the calls whose caller has not decided
   */
  TracedCalls(Tracer tracer, double ratio) {
    this.tracer = tracer;
    this.ratio = ratio;
  }

  /** Returns the span of the call that this thread works for; null if it is not traced. */
  static @Nullable Span current() {
    return CALL.get();
  }

  @Override
  public @Nullable Call begins(String method, Metadata headers) {
    SpanContext caller = headers.containsKey(PARENT) ? callerOf(headers) : SpanContext.getInvalid();
    boolean isTraced =
        caller.isValid() ? caller.isSampled() : ThreadLocalRandom.current().nextDouble() < ratio;
    if (!isTraced) {
      return null;
    }
    Span span =
        tracer
            .spanBuilder(method)
            .setSpanKind(SpanKind.SERVER)
            .setParent(io.opentelemetry.context.Context.root().with(Span.wrap(caller)))
            .setAttribute(SYSTEM, "grpc")
            .setAttribute(SERVICE, ResourceServiceGrpc.SERVICE_NAME)
            .setAttribute(METHOD, method.substring(method.indexOf('/') + 1))
            .startSpan();
    return new TracedCall(span, Context.current().getDeadline());
  }

  private static SpanContext callerOf(Metadata headers) {
    return Span.fromContext(
            W3CTraceContextPropagator.getInstance()
                .extract(io.opentelemetry.context.Context.root(), headers, TracedCalls::header))
        .getSpanContext();
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private record TracedCall(Span span, @Nullable Deadline deadline) implements Call {
    @Override
    public void run(Runnable handling) {
      Context.current().withValue(CALL, span).run(handling);
    }

    @Override
    public void ended(Status.Code status) {
      Status.Code shown =
          status == Status.Code.CANCELLED && isLate() ? Status.Code.DEADLINE_EXCEEDED : status;
      span.setAttribute(STATUS, (long) shown.value());
      if (FAULTS.contains(shown)) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }

    private boolean isLate() {
      return deadline != null
          && deadline.timeRemaining(TimeUnit.NANOSECONDS) < DEADLINE_MARGIN.toNanos();
    }
  }

  /** Reads the two headers of W3C Trace Context. */
  private static @Nullable String header(@Nullable Metadata headers, String name) {
    return switch (name) {
      case "traceparent" -> headers == null ? null : headers.get(PARENT);
      case "tracestate" -> headers == null ? null : headers.get(STATE);
      default -> null;
    };
  }
}
