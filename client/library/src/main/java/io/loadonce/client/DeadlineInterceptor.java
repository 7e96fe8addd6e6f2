package io.loadonce.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sets the deadline of a call that has none, and tells why the attempts failed when the deadline
 * ends a call that is being retried.
 *
 * <p>gRPC reports only the end of a call. If each attempt fails because the database is down, and
 * the deadline passes during the next attempt or the pause before it, gRPC reports the deadline and
 * drops what the server said. This interceptor remembers the last attempt that was UNAVAILABLE and
 * reports that instead.
 */
final class DeadlineInterceptor implements ClientInterceptor {

  private final Duration deadline;
  private final boolean retries;

  DeadlineInterceptor(Duration deadline, boolean retries) {
    this.deadline = deadline;
    this.retries = retries;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallOptions bounded =
        options.getDeadline() == null
            ? options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
            : options;
    if (!retries) {
      return next.newCall(method, bounded);
    }
    Attempts attempts = new Attempts();
    return new SimpleForwardingClientCall<>(
        next.newCall(method, bounded.withStreamTracerFactory(attempts))) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(attempts.reportTo(listener), headers);
      }
    };
  }

  /** An attempt that failed, as the server or the connection said. */
  private record Failed(Status status, Metadata trailers) {}

  /** The attempts of one call: gRPC makes a tracer for each. */
  private static final class Attempts extends ClientStreamTracer.Factory {

    private volatile @Nullable Failed lastUnavailable;

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        private volatile Metadata trailers = new Metadata();

        @Override
        public void inboundTrailers(Metadata received) {
          trailers = received;
        }

        @Override
        public void streamClosed(Status status) {
          if (status.getCode() == Code.UNAVAILABLE) {
            lastUnavailable = new Failed(status, trailers);
          }
        }
      };
    }

    <A> ClientCall.Listener<A> reportTo(ClientCall.Listener<A> listener) {
      return new SimpleForwardingClientCallListener<>(listener) {
        @Override
        public void onClose(Status status, Metadata trailers) {
          Failed last = lastUnavailable;
          if (status.getCode() == Code.DEADLINE_EXCEEDED && last != null) {
            super.onClose(last.status, last.trailers);
          } else {
            super.onClose(status, trailers);
          }
        }
      };
    }
  }
}
