package io.loadonce.bench.reliability.pressure;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.stream.Stream;

/** Connections to the service, which end when this is closed. */
public record Clients(List<ManagedChannel> channels) implements AutoCloseable {

  private static final int USUAL_WINDOW_BYTES = 1 << 20;

  /** Opens one when it is first used. */
  public static Clients of(int port, int count) {
    return of(port, count, USUAL_WINDOW_BYTES);
  }

  /**
   * @param windowBytes how much of each reply the server may send before the client takes it
   */
  static Clients of(int port, int count, int windowBytes) {
    return new Clients(
        Stream.<ManagedChannel>generate(
                () ->
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .disableRetry()
                        .flowControlWindow(windowBytes)
                        .build())
            .limit(count)
            .toList());
  }

  /** They take turns. */
  public ManagedChannel get(int place) {
    return channels.get(place % channels.size());
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
