package io.loadonce.server.ports;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.loadonce.server.request.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of one request as they arrive, for its {@link Connection}. gRPC keeps them until
 * the request is complete, and nothing else sees them before. For the event loop of the connection.
 */
final class RequestBytes extends ServerStreamTracer {

  /** A request of fewer bytes is not counted, so that a hit costs less. */
  private static final long UNCOUNTED = 4 << 10;

  /** Null before the call has begun, and in tests without a network. */
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
    connection = call.getAttributes().get(Connection.KEY);
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
