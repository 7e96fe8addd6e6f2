package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.loadonce.server.request.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open calls of gRPC's own services: health, reflection and channelz. They have the limits of
 * our calls: a request that is not valid is its caller's mistake and is not logged, a request that
 * does not arrive ends its call, and their number is limited. Their clients keep streams open, so a
 * drain ends them instead of waiting for them. Safe for use by many threads.
 */
final class OpenStreams implements ServerInterceptor {

  /** The most open calls of these services on one connection. */
  static final int MAX_PER_CONNECTION = 32;

  /**
   * The most open calls of these services on all connections. One health check is begun in any
   * case: clients who keep streams open must not make the service look dead.
   */
  static final int MAX_STREAMS = 10_000;

  private static final String CHECK = HealthGrpc.getCheckMethod().getFullMethodName();

  private final long requestTimeoutNanos;
  private final LongSupplier nanoClock;
  private final Set<EndableCall<?, ?>> open = ConcurrentHashMap.newKeySet();

  /**
   * @param requestTimeout how long a caller may take to send its first request
   * @param nanoClock monotonic, in nanoseconds
   */
  OpenStreams(Duration requestTimeout, LongSupplier nanoClock) {
    this.requestTimeoutNanos = requestTimeout.toNanos();
    this.nanoClock = nanoClock;
  }

  /** Returns the service with the limits; it parses a request where this can see it fail. */
  ServerServiceDefinition watch(BindableService service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service.bindService()), this);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Connection connection = call.getAttributes().get(Connection.KEY);
    if ((open.size() >= MAX_STREAMS && !method(call).equals(CHECK))
        || (connection != null && connection.openStreams() >= MAX_PER_CONNECTION)) {
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "there may be %d open calls of health, reflection and channelz on a connection, and"
                      .formatted(MAX_PER_CONNECTION)
                  + " %,d in all; end one first".formatted(MAX_STREAMS)),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    EndableCall<Q, R> endable = new EndableCall<>(call, nanoClock.getAsLong());
    open.add(endable);
    if (connection != null) {
      connection.streamOpened();
    }
    return new Listening<>(next.startCall(endable, headers), endable, connection);
  }

  private static String method(ServerCall<?, ?> call) {
    return call.getMethodDescriptor().getFullMethodName();
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Ends the streams whose first request did not arrive in time. */
  void sweep() {
    long nowNanos = nanoClock.getAsLong();
    for (EndableCall<?, ?> call : open) {
      if (!call.hasArrived && nowNanos - call.beganNanos >= requestTimeoutNanos) {
        call.close(
            Status.DEADLINE_EXCEEDED.withDescription("the request did not arrive in time"),
            new Metadata());
      }
    }
  }

  /** Ends all streams that are open now. */
  void endAll() {
    open.forEach(EndableCall::end);
  }

  /** Sees what the client sends. */
  private final class Listening<Q> extends SimpleForwardingServerCallListener<Q> {
    private final EndableCall<Q, ?> call;
    private final @Nullable Connection connection;

    Listening(
        ServerCall.Listener<Q> service, EndableCall<Q, ?> call, @Nullable Connection connection) {
      super(service);
      this.call = call;
      this.connection = connection;
    }

    /** The services of gRPC throw if they cannot parse the request; nothing else is caught. */
    @Override
    public void onMessage(Q request) {
      call.hasArrived = true;
      try {
        super.onMessage(request);
      } catch (StatusRuntimeException e) {
        boolean isTooLarge = e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
        call.close(
            isTooLarge
                ? e.getStatus()
                : Status.INVALID_ARGUMENT.withDescription(
                    "the request is not a valid protobuf message"),
            new Metadata());
      }
    }

    @Override
    public void onComplete() {
      remove();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      remove();
      super.onCancel();
    }

    private void remove() {
      if (open.remove(call) && connection != null) {
        connection.streamClosed();
      }
    }
  }

  /** A call that can be ended from outside; what its service sends afterwards is dropped. */
  private static final class EndableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final long beganNanos;
    private volatile boolean hasArrived;

    /** Never becomes false again. Read and written under the monitor. */
    private boolean ended;

    EndableCall(ServerCall<Q, R> call, long beganNanos) {
      super(call);
      this.beganNanos = beganNanos;
    }

    void end() {
      close(Status.UNAVAILABLE.withDescription("this server is shutting down"), new Metadata());
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!ended) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!ended) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }
  }
}
