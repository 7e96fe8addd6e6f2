package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.loadonce.server.request.CallObserver;
import io.loadonce.server.request.ResourceEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The port for callers: the service itself, health, reflection and channelz. All of them run on the
 * event loops. Safe for use by many threads.
 */
public final class GrpcPort {

  /** The system property that turns Netty's leak detection on again. */
  private static final String LEAK_DETECTION = "io.grpc.netty.shaded.io.netty.leakDetection.level";

  /** After the drain time-out: how long the last statuses may take to be sent. */
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  /**
   * A client that has not received the GOAWAY may still send calls, for a round trip at most. After
   * this time without a call the drain does not wait for its client.
   */
  private static final Duration ROUND_TRIP = Duration.ofSeconds(1);

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
      Address address,
      PortLimits limits,
      ResourceEndpoint endpoint,
      Health health,
      PortSecurity security,
      CallObserver observer)
      throws IOException {
    if (System.getProperty(LEAK_DETECTION) == null) {
      // Takes a stack trace for one buffer in a hundred; only gRPC itself could leak them.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
    OpenStreams streams = new OpenStreams(endpoint.callTimeout(), System::nanoTime);
    ServerCredentials credentials =
        ConnectionGate.before(security.credentials(), endpoint.connections());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address.resolve(), credentials)
            .directExecutor()
            .maxInboundMessageSize(limits.maxRequestBytes())
            .maxInboundMetadataSize(limits.maxMetadataBytes())
            .maxConcurrentCallsPerConnection(limits.maxCalls())
            .maxRstFramesPerWindow(
                limits.maxCancellations(), (int) PortLimits.CANCELLATION_WINDOW.toSeconds())
            .handshakeTimeout(PortLimits.HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.maxIdle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(limits.maxAgeGrace().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(PortLimits.PROBE_AFTER.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(PortLimits.MIN_CLIENT_PROBE.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true);
    security.protect(builder, endpoint, observer);
    if (limits.maxAge().isPositive()) {
      builder.maxConnectionAge(limits.maxAge().toMillis(), TimeUnit.MILLISECONDS);
    }
    List<BindableService> others = new ArrayList<>(security.tools());
    others.add(health.service());
    for (BindableService service : others) {
      builder.addService(streams.watch(service));
    }
    return new GrpcPort(builder.build().start(), endpoint, health, streams);
  }

  /** Returns the port number, also if the address left the choice to the system. */
  public int port() {
    return server.getPort();
  }

  /** Ends the streams whose request did not arrive in time. To be called often, by one thread. */
  public void sweep() {
    streams.sweep();
  }

  /**
   * Stops in this order: reports that the service accepts no more calls; waits, so that balancers
   * see it; closes the port and asks the clients to open no more calls; waits for the calls in
   * flight; fails those that are left; closes the connections. A connection without a call in
   * flight is not waited for, whatever its client does.
   *
   * @param balancers how long the port stays open for clients that have not seen the report
   * @param timeout how long the calls in flight may take to end
   * @return whether all calls in flight ended in time
   */
  public boolean drain(Duration balancers, Duration timeout) {
    health.draining();
    await(balancers, () -> false);
    server.shutdown();
    boolean ended = await(timeout, new Idle());
    if (!ended) {
      endpoint.failOpenCalls();
      await(FLUSH_TIMEOUT, server::isTerminated);
    }
    server.shutdownNow();
    return ended;
  }

  /** Returns whether the condition held before the time had passed. Blocks until then. */
  private boolean await(Duration time, BooleanSupplier condition) {
    long untilNanos = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      long remaining = untilNanos - System.nanoTime();
      if (remaining <= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(remaining, BETWEEN_LOOKS.toNanos()));
    }
    return true;
  }

  /** Whether every client has left, or no call has been in flight for some time. */
  private final class Idle implements BooleanSupplier {
    private long sinceNanos = System.nanoTime();

    @Override
    public boolean getAsBoolean() {
      // A client may open one more before it has received the GOAWAY, or without regard to it.
      streams.endAll();
      if (!endpoint.isIdle() || !streams.isEmpty()) {
        sinceNanos = System.nanoTime();
      }
      return server.isTerminated() || System.nanoTime() - sinceNanos >= ROUND_TRIP.toNanos();
    }
  }
}
