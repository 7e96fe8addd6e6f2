package io.loadonce.server.ports;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of health and reflection, which have no end of their own: a drain that waited for
 * them would wait for ever. Safe for use by many threads.
 */
final class OpenStreams implements ServerInterceptor {

  private final Set<EndableCall<?, ?>> open = ConcurrentHashMap.newKeySet();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    EndableCall<Q, R> endable = new EndableCall<>(call);
    open.add(endable);
    return new SimpleForwardingServerCallListener<>(next.startCall(endable, headers)) {
      @Override
      public void onComplete() {
        open.remove(endable);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        open.remove(endable);
        super.onCancel();
      }
    };
  }

  /** Ends all that are open now. */
  void endAll() {
    open.forEach(EndableCall::end);
  }

  /** A call that may be ended from outside; its own service does not notice. */
  private static final class EndableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    /** Once true, always true. Written, and asked before a call is touched, under the monitor. */
    private boolean ended;

    EndableCall(ServerCall<Q, R> call) {
      super(call);
    }

    void end() {
      close(Status.UNAVAILABLE.withDescription("the server drains"), new Metadata());
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
