package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.loadonce.server.request.ResourceEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The port for callers: the service itself, health, reflection and channelz. All of them run on the
 * event loops. Safe for use by many threads.
 */
public final class GrpcPort {

  /** Twice the size of a BatchGet with 1,000 ids of 256 bytes. */
  public static final int MAX_REQUEST_BYTES = 512 << 10;

  public static final int MAX_METADATA_BYTES = 8 << 10;

  /** The most open calls of one connection; a client queues further ones. */
  public static final int MAX_CALLS_PER_CONNECTION = 1_000;

  /**
   * The most calls that a connection may cancel within {@link #CANCELLATION_WINDOW} before it is
   * closed. All calls of a connection may time out at the same moment, and later their retries.
   */
  public static final int MAX_CANCELLATIONS = 4 * MAX_CALLS_PER_CONNECTION;

  public static final Duration CANCELLATION_WINDOW = Duration.ofSeconds(10);
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  /** A connection without calls is closed after this; clients reconnect by themselves. */
  public static final Duration MAX_IDLE = Duration.ofMinutes(5);

  /** An idle connection is probed after this, so that a client that has vanished is noticed. */
  public static final Duration PROBE_AFTER = Duration.ofMinutes(1);

  /** A client that probes more often than this is disconnected. */
  public static final Duration MIN_CLIENT_PROBE = Duration.ofSeconds(9);

  /** The system property that turns Netty's leak detection on again. */
  private static final String LEAK_DETECTION = "io.grpc.netty.shaded.io.netty.leakDetection.level";

  /** After the drain time-out: how long the last statuses may take to be sent. */
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
   * Opens the port; calls are accepted when this returns.
   *
   * @throws IOException if the address cannot be opened
   */
  public static GrpcPort open(
      Address address, ResourceEndpoint endpoint, Health health, PortSecurity security)
      throws IOException {
    if (System.getProperty(LEAK_DETECTION) == null) {
      // Takes a stack trace for one buffer in a hundred; only gRPC itself could leak them.
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
            .permitKeepAliveWithoutCalls(true);
    security.protect(builder, endpoint);
    List<BindableService> others = new ArrayList<>(security.tools());
    others.add(health.service());
    for (BindableService service : others) {
      builder.addService(ServerInterceptors.intercept(service, streams));
    }
    return new GrpcPort(builder.build().start(), endpoint, health, streams);
  }

  /** Returns the port number, also if the address left the choice to the system. */
  public int port() {
    return server.getPort();
  }

  /**
   * Reports that the service accepts no more calls, accepts no new connection, and waits for the
   * calls in flight. Calls that have not ended after the time-out fail. Blocks for the time-out and
   * one second at most.
   *
   * @return whether all calls in flight ended in time
   */
  public boolean drain(Duration timeout) {
    health.draining();
    server.shutdown();
    streams.endAll();
    boolean ended = awaitEnd(timeout);
    if (!ended) {
      endpoint.failOpenCalls();
      awaitEnd(FLUSH_TIMEOUT);
    }
    server.shutdownNow();
    return ended;
  }

  private boolean awaitEnd(Duration timeout) {
    try {
      return server.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
