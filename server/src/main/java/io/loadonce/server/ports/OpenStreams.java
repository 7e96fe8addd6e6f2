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
 * The open streams of health and reflection. Their clients keep them open, so a drain ends them
 * instead of waiting for them. Safe for use by many threads.
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

  /** Ends all streams that are open now. */
  void endAll() {
    open.forEach(EndableCall::end);
  }

  /** A call that can be ended from outside; what its service sends afterwards is dropped. */
  private static final class EndableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    /** Never becomes false again. Read and written under the monitor. */
    private boolean ended;

    EndableCall(ServerCall<Q, R> call) {
      super(call);
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
