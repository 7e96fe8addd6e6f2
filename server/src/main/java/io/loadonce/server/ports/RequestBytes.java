package io.loadonce.server.ports;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.loadonce.server.request.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of one request as they arrive, for its {@link Connection}. gRPC keeps them until
 * the call is half-closed, and nothing else sees them before. A stream of requests, as reflection
 * has, is not counted. For the event loop of the connection.
 */
final class RequestBytes extends ServerStreamTracer {

  /**
   * A request of fewer bytes is not counted, so that a hit costs less. All calls of one connection
   * have 4 MiB at most that way.
   */
  private static final long UNCOUNTED = 4 << 10;

  /** Null before the call has begun, and if its requests are not counted. */
  private @Nullable Connection connection;

  private long arrived;
  private long counted;

  /** Makes one for each call. */
  static final class Factory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new RequestBytes();
    }
  }

  @Override
  public void serverCallStarted(ServerCallInfo<?, ?> call) {
    if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      connection = call.getAttributes().get(Connection.KEY);
    }
  }

  @Override
  public void inboundWireSize(long bytes) {
    arrived += bytes;
    if (arrived > UNCOUNTED && connection != null) {
      long more = arrived - counted;
      counted = arrived;
      connection.requestArrived(more);
    }
  }

  @Override
  public void streamClosed(Status status) {
    if (counted > 0 && connection != null) {
      connection.requestEnded(counted);
      counted = 0;
    }
  }
}
