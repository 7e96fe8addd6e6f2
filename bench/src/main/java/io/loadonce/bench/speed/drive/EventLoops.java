package io.loadonce.bench.speed.drive;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * The threads of the driver's connections, one for each processor, as gRPC has them by default. A
 * server gives its connections to its own event loops in turns. Which loops of the driver and of
 * the server talk to each other changes the rate of hits by a tenth; here it is the same in each
 * run. With n processors and n times n connections or more, each loop of the driver has connections
 * to each loop of the server; with fewer, only some of these pairs have one.
 */
final class EventLoops {

  private static final int COUNT = Runtime.getRuntime().availableProcessors();
  private static final List<EventLoopGroup> LOOPS =
      Stream.generate(EventLoops::loop).limit(COUNT).toList();

  private EventLoops() {}

  /**
   * Binds a connection to its event loop.
   *
   * @param connection from 0, in the order in which they are opened
   */
  static NettyChannelBuilder bind(NettyChannelBuilder builder, int connection) {
    Class<? extends Channel> type =
        Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    return builder
        .channelType(type)
        .eventLoopGroup(LOOPS.get((connection + connection / COUNT) % COUNT));
  }

  private static EventLoopGroup loop() {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(
        /* nThreads= */ 1, new DefaultThreadFactory("driver", /* daemon= */ true), io);
  }
}
