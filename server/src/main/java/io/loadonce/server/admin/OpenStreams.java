package io.loadonce.server.admin;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of health and reflection, which have no end of their own: a drain that waited for
 * them would wait for ever. Safe for use by many threads.
 */
final class OpenStreams implements ServerInterceptor {

  private final Set<ServerCall<?, ?>> open = ConcurrentHashMap.newKeySet();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    open.add(call);
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onComplete() {
        open.remove(call);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        open.remove(call);
        super.onCancel();
      }
    };
  }

  /** Ends all that are open now. */
  void endAll() {
    for (ServerCall<?, ?> call : List.copyOf(open)) {
      if (open.remove(call)) {
        end(call);
      }
    }
  }

  int size() {
    return open.size();
  }

  private static void end(ServerCall<?, ?> call) {
    try {
      call.close(Status.UNAVAILABLE.withDescription("the server drains"), new Metadata());
    } catch (IllegalStateException _) {
      // Its own service has just closed it.
    }
  }
}
