package io.loadonce.server.traces;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
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
 * traceparent}, its flag decides, and otherwise chance does. A call that is not traced passes
 * through unchanged.
 */
final class TracedCalls implements ServerInterceptor {

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
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodDescriptor<Q, A> method = call.getMethodDescriptor();
    if (!ResourceServiceGrpc.SERVICE_NAME.equals(method.getServiceName())) {
      return next.startCall(call, headers);
    }
    SpanContext caller = headers.containsKey(PARENT) ? callerOf(headers) : SpanContext.getInvalid();
    boolean isTraced =
        caller.isValid() ? caller.isSampled() : ThreadLocalRandom.current().nextDouble() < ratio;
    if (!isTraced) {
      return next.startCall(call, headers);
    }
    Span span =
        tracer
            .spanBuilder(method.getFullMethodName())
            .setSpanKind(SpanKind.SERVER)
            .setParent(io.opentelemetry.context.Context.root().with(Span.wrap(caller)))
            .setAttribute(SYSTEM, "grpc")
            .setAttribute(SERVICE, ResourceServiceGrpc.SERVICE_NAME)
            .setAttribute(METHOD, String.valueOf(method.getBareMethodName()))
            .startSpan();
    try {
      return new EndedByGrpc<>(
          Contexts.interceptCall(
              Context.current().withValue(CALL, span),
              new EndedByClose<>(call, span),
              headers,
              next),
          Context.current().getDeadline(),
          span);
    } catch (RuntimeException | Error e) {
      end(span, Status.Code.UNKNOWN);
      throw e;
    }
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

  /** Only the first end of a span counts. */
  private static void end(Span span, Status.Code status) {
    span.setAttribute(STATUS, (long) status.value());
    if (FAULTS.contains(status)) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** Ends the span with the status that is sent. */
  private static final class EndedByClose<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Span span;

    EndedByClose(ServerCall<Q, A> call, Span span) {
      super(call);
      this.span = span;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      end(span, status.getCode()); // before gRPC reports the end of the call to the listener
      super.close(status, trailers);
    }
  }

  /**
   * Ends the span of a call that gRPC ends, because its client has left, its deadline has passed,
   * or a handler has thrown.
   */
  private static final class EndedByGrpc<Q> extends SimpleForwardingServerCallListener<Q> {
    private final @Nullable Deadline deadline;
    private final Span span;

    EndedByGrpc(ServerCall.Listener<Q> listener, @Nullable Deadline deadline, Span span) {
      super(listener);
      this.deadline = deadline;
      this.span = span;
    }

    @Override
    public void onCancel() {
      super.onCancel();
      boolean isLate =
          deadline != null
              && deadline.timeRemaining(TimeUnit.NANOSECONDS) < DEADLINE_MARGIN.toNanos();
      end(span, isLate ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED);
    }

    @Override
    public void onComplete() {
      super.onComplete();
      end(span, Status.Code.UNKNOWN);
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
