package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.loadonce.server.request.ResourceEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The port for callers: the service itself, and beside it health, reflection and channelz. All of
 * it runs on the event loops. Safe for use by many threads.
 */
public final class GrpcPort {

  /** A BatchGet of 1,000 ids of 256 bytes, twice over. */
  public static final int MAX_REQUEST_BYTES = 512 << 10;

  public static final int MAX_METADATA_BYTES = 8 << 10;

  /** How many calls one connection may have open; a client queues what is over it. */
  public static final int MAX_CALLS_PER_CONNECTION = 1_000;

  /**
   * How many calls a connection may cancel within {@link #CANCELLATION_WINDOW} before it is closed.
   * Every call of a connection may time out at the same moment, and their retries after them.
   */
  public static final int MAX_CANCELLATIONS = 4 * MAX_CALLS_PER_CONNECTION;

  public static final Duration CANCELLATION_WINDOW = Duration.ofSeconds(10);
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  /** A connection without calls is closed after this; clients come back by themselves. */
  public static final Duration MAX_IDLE = Duration.ofMinutes(5);

  /** A silent connection is probed after this, so that a machine that vanished is noticed. */
  public static final Duration PROBE_AFTER = Duration.ofMinutes(1);

  /** Clients that probe more often than this are sent away. */
  public static final Duration MIN_CLIENT_PROBE = Duration.ofSeconds(9);

  private static final int CHANNELZ_PAGE = 100;

  /** For whoever hunts a leak all the same. */
  private static final String LEAK_DETECTION = "io.grpc.netty.shaded.io.netty.leakDetection.level";

  /** After the grace: how long the last answers may take to be sent. */
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);

  private final Server server;
  private final ResourceEndpoint endpoint;
  private final Health health;
  private final OpenStreams streams;

  private GrpcPort(Server server, ResourceEndpoint endpoint, Health health, OpenStreams streams) {
    this.server = server;
    this.endpoint = endpoint;
    this.health = health;
    this.streams = streams;
  }

  /**
   * Opens the port; calls are answered when this returns.
   *
   * @throws IOException if the port cannot be had
   */
  public static GrpcPort open(Address address, ResourceEndpoint endpoint, Health health)
      throws IOException {
    if (System.getProperty(LEAK_DETECTION) == null) {
      // It takes a stack trace of one buffer in a hundred, for leaks that only gRPC could have.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
    OpenStreams streams = new OpenStreams();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address.resolve())
            .directExecutor()
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_CANCELLATIONS, (int) CANCELLATION_WINDOW.toSeconds())
            .handshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(MAX_IDLE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(PROBE_AFTER.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(MIN_CLIENT_PROBE.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(endpoint);
    for (BindableService beside :
        List.of(
            health.service(),
            ProtoReflectionServiceV1.newInstance(),
            olderReflection(),
            ChannelzService.newInstance(CHANNELZ_PAGE))) {
      builder.addService(ServerInterceptors.intercept(beside, streams));
    }
    return new GrpcPort(builder.build().start(), endpoint, health, streams);
  }

  /** The port that it is, if a free one was asked for. */
  public int port() {
    return server.getPort();
  }

  /**
   * Says that calls are not welcome any more, takes no new connection, and waits for the calls in
   * flight. Blocks for the grace and a second at most; what is in flight after the grace fails.
   *
   * @return whether all of them were answered
   */
  public boolean drain(Duration grace) {
    health.draining();
    server.shutdown();
    streams.endAll();
    boolean answered = awaitEnd(grace);
    if (!answered) {
      endpoint.failOpenCalls();
      awaitEnd(FLUSH_TIMEOUT);
    }
    server.shutdownNow();
    return answered;
  }

  private boolean awaitEnd(Duration patience) {
    try {
      return server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** v1alpha, for the tools that know no other. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }
}
