package io.loadonce.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Several connections to one target behind the face of one; calls take them in turn. A call that
 * brings no deadline gets the one of the settings.
 */
final class Connections extends Channel implements AutoCloseable {

  /** A reply with a batch of rows may be large; a larger one fails with RESOURCE_EXHAUSTED. */
  private static final int MAX_REPLY_BYTES = 64 << 20;

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private final List<ManagedChannel> channels;
  private final Duration deadline;
  private final AtomicInteger turn = new AtomicInteger();

  Connections(ClientSettings settings) {
    this.deadline = settings.deadline();
    this.channels = Stream.generate(() -> channel(settings)).limit(settings.connections()).toList();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return newCall(turn.getAndIncrement(), method, options);
  }

  /** As {@link #newCall(MethodDescriptor, CallOptions)}, on a connection of the caller's choice. */
  <Q, A> ClientCall<Q, A> newCall(
      int connection, MethodDescriptor<Q, A> method, CallOptions options) {
    CallOptions bounded =
        options.getDeadline() != null
            ? options
            : options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    return channels.get(Math.floorMod(connection, channels.size())).newCall(method, bounded);
  }

  /** How many there are. */
  int size() {
    return channels.size();
  }

  @Override
  public String authority() {
    return channels.getFirst().authority();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdown);
    try {
      long end = System.nanoTime() + deadline.toNanos();
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static ManagedChannel channel(ClientSettings settings) {
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(settings.target(), settings.security().credentials())
            .maxInboundMessageSize(MAX_REPLY_BYTES)
            .keepAliveTime(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    if (settings.callbacks() == ClientSettings.Callbacks.EVENT_LOOP) {
      builder.directExecutor();
    }
    if (settings.maxAttempts() == 1) {
      return builder.disableRetry().build();
    }
    return builder
        .enableRetry()
        .defaultServiceConfig(RetryConfig.forAttempts(settings.maxAttempts()))
        .maxRetryAttempts(settings.maxAttempts())
        .build();
  }
}
