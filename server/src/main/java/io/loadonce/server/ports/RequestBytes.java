package io.loadonce.server.ports;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameWriter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2LocalFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import io.loadonce.server.request.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of requests as they arrive, for their {@link Connection}. gRPC keeps them until
 * the request is complete, and nothing else sees them before. They count until the call ends, or in
 * a stream of requests until the next one begins.
 *
 * <p>Stands before the flow controller of the received frames, as Netty's own decompression does. A
 * tracer of gRPC would see the same bytes, and makes each hit cost 6 % more. For the event loop of
 * the connection.
 */
final class RequestBytes extends Http2ConnectionAdapter implements Http2LocalFlowController {

  /**
   * A request of fewer bytes is not counted, so that a hit costs nothing, and so that it does not
   * matter in how many frames a client sends it. All calls of one connection have 4 MiB at most
   * that way.
   */
  private static final int UNCOUNTED = 4 << 10;

  private final Http2LocalFlowController inner;
  private final Connection connection;

  /** The request of a stream; none if it is not counted. */
  private final Http2Connection.PropertyKey counted;

  private RequestBytes(
      Http2LocalFlowController inner, Connection connection, Http2Connection.PropertyKey counted) {
    this.inner = inner;
    this.connection = connection;
    this.counted = counted;
  }

  static void count(Http2Connection http2, Connection connection) {
    RequestBytes counting =
        new RequestBytes(http2.local().flowController(), connection, http2.newKey());
    http2.local().flowController(counting);
    http2.addListener(counting);
  }

  @Override
  public void receiveFlowControlledFrame(
      Http2Stream stream, ByteBuf data, int padding, boolean endOfStream) throws Http2Exception {
    if (isOpen(stream)) {
      count(stream, data, endOfStream);
    }
    inner.receiveFlowControlledFrame(stream, data, padding, endOfStream);
  }

  private void count(Http2Stream stream, ByteBuf data, boolean isLast) {
    Request request = stream.getProperty(counted);
    if (request == null) {
      if (isLast && data.readableBytes() < UNCOUNTED) {
        return;
      }
      request = new Request();
      stream.setProperty(counted, request);
    }
    request.arrived(data);
  }

  /** Of a stream that was closed meanwhile, frames may still arrive; nobody keeps their bytes. */
  private static boolean isOpen(@Nullable Http2Stream stream) {
    return stream != null && stream.state() != Http2Stream.State.CLOSED;
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Request request = stream.removeProperty(counted);
    if (request != null) {
      request.ended();
    }
  }

  @Override
  public Http2LocalFlowController frameWriter(Http2FrameWriter writer) {
    return inner.frameWriter(writer);
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext context) throws Http2Exception {
    inner.channelHandlerContext(context);
  }

  @Override
  public boolean consumeBytes(Http2Stream stream, int bytes) throws Http2Exception {
    return inner.consumeBytes(stream, bytes);
  }

  @Override
  public int unconsumedBytes(Http2Stream stream) {
    return inner.unconsumedBytes(stream);
  }

  @Override
  public void initialWindowSize(int bytes) throws Http2Exception {
    inner.initialWindowSize(bytes);
  }

  @Override
  public int initialWindowSize() {
    return inner.initialWindowSize();
  }

  @Override
  public int initialWindowSize(Http2Stream stream) {
    return inner.initialWindowSize(stream);
  }

  @Override
  public int windowSize(Http2Stream stream) {
    return inner.windowSize(stream);
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int bytes) throws Http2Exception {
    inner.incrementWindowSize(stream, bytes);
  }

  /**
   * The request of a stream that arrives now. In front of it, gRPC sends a byte that tells whether
   * it is compressed, and four bytes with its length.
   */
  private final class Request {
    private static final int PREFIX = 5;

    private long arrived;
    private long length;

    /** How many of the bytes that have arrived the connection was told of. */
    private long told;

    void arrived(ByteBuf data) {
      int at = data.readerIndex();
      while (at < data.writerIndex()) {
        if (arrived >= PREFIX && arrived == PREFIX + length) {
          ended();
        }
        long bytes = 1;
        if (arrived < PREFIX) {
          length = arrived == 0 ? 0 : length << 8 | data.getUnsignedByte(at);
        } else {
          bytes = Math.min(PREFIX + length - arrived, data.writerIndex() - at);
        }
        arrived += bytes;
        at += (int) bytes;
      }
      if (arrived >= UNCOUNTED) {
        long more = arrived - told;
        told = arrived;
        connection.requestArrived(more);
      }
    }

    void ended() {
      connection.requestEnded(told);
      arrived = 0;
      told = 0;
    }
  }
}
