package io.loadonce.server.ports;

import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundBuffer;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.loadonce.server.request.Connection;
import io.loadonce.server.request.Connections;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of each connection: it closes a connection over the limit before a byte of it
 * is read, and lets each call find its {@link Connection}.
 *
 * <p>gRPC has no public way to see a connection before its first call, or to close one; its
 * negotiation of the protocol is the place where xDS does the same.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {

  private final Connections connections;
  private final GrpcHttp2ConnectionHandler http2;
  private final ChannelHandler next;
  private @Nullable Connection connection;

  private ConnectionGate(
      Connections connections, GrpcHttp2ConnectionHandler http2, ChannelHandler next) {
    this.connections = connections;
    this.http2 = http2;
    this.next = next;
  }

  /** Returns credentials that do what {@code credentials} do, behind a gate. */
  static ServerCredentials before(ServerCredentials credentials, Connections connections) {
    InternalProtocolNegotiator.ServerFactory inner =
        InternalNettyServerCredentials.toNegotiator(credentials);
    return InternalNettyServerCredentials.create(new Factory(inner, connections));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Channel channel = context.channel();
    NettyClient client = new NettyClient(channel, http2.connection());
    Connection opened = connections.open(client);
    if (opened == null) {
      client.reset();
      return;
    }
    connection = opened;
    RequestBytes.count(http2.connection(), opened);
    var _ = channel.closeFuture().addListener(_ -> opened.closed());
    context.pipeline().addAfter(context.name(), /* name= */ null, next);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
      context.fireUserEventTriggered(event);
      return;
    }
    if (connection != null) {
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
              .set(Connection.KEY, connection)
              .build();
      context.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
      context.pipeline().remove(this);
    }
  }

  /** The other end of a channel. */
  private record NettyClient(Channel channel, Http2Connection http2) implements Connection.Client {

    @Override
    public String address() {
      return channel.remoteAddress() instanceof InetSocketAddress address
              && address.getAddress() != null
          ? address.getAddress().getHostAddress()
          : "unknown";
    }

    @Override
    public void reset() {
      channel.eventLoop().execute(this::close);
    }

    /** With an RST, so that the operating system keeps no data; the handlers are passed over. */
    private void close() {
      if (channel.isActive()) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      ChannelHandlerContext first = channel.pipeline().firstContext();
      if (first != null) {
        var _ = first.close();
      }
    }

    @Override
    public void sampleProgress(LongConsumer sample) {
      channel.eventLoop().execute(() -> sample.accept(progress()));
    }

    /**
     * Whatever moves towards the client changes a window or the bytes that wait for the socket. The
     * window of a stream without a reply says nothing.
     */
    private long progress() {
      Http2RemoteFlowController windows = http2.remote().flowController();
      long[] sum = {windows.windowSize(http2.connectionStream())};
      try {
        http2.forEachActiveStream(
            stream -> {
              sum[0] += windows.hasFlowControlled(stream) ? windows.windowSize(stream) : 0;
              return true;
            });
      } catch (Http2Exception _) {
        // Only the visitor could throw it, and it does not.
      }
      ChannelOutboundBuffer socket = channel.unsafe().outboundBuffer();
      return socket == null ? sum[0] : 31 * sum[0] + socket.totalPendingWriteBytes();
    }
  }

  private record Factory(InternalProtocolNegotiator.ServerFactory inner, Connections connections)
      implements InternalProtocolNegotiator.ServerFactory {

    @Override
    public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
        ObjectPool<? extends Executor> offloadPool) {
      return new Negotiator(inner.newNegotiator(offloadPool), connections);
    }
  }

  private record Negotiator(
      InternalProtocolNegotiator.ProtocolNegotiator inner, Connections connections)
      implements InternalProtocolNegotiator.ProtocolNegotiator {

    @Override
    public AsciiString scheme() {
      return inner.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
      return new ConnectionGate(connections, handler, inner.newHandler(handler));
    }

    @Override
    public void close() {
      inner.close();
    }
  }
}
