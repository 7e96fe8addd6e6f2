package io.loadonce.client;

import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One instance of the server, as a client sees it: its connection and the calls in flight. */
final class Instance {

  private final Subchannel connection;
  private final long hash;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final PickResult pick;

  /* Only the balancer uses these, on the channel's one thread. */
  private ConnectivityState state = ConnectivityState.CONNECTING;
  private Status failure = Status.UNAVAILABLE;

  Instance(Subchannel connection, SocketAddress address) {
    this.connection = connection;
    this.hash = Route.hash(text(address));
    this.pick = PickResult.withSubchannel(connection, new Counter());
  }

  long hash() {
    return hash;
  }

  int inFlight() {
    return inFlight.get();
  }

  PickResult pick() {
    return pick;
  }

  Subchannel connection() {
    return connection;
  }

  ConnectivityState state() {
    return state;
  }

  Status failure() {
    return failure;
  }

  /** After a failure it counts as failed until it is ready again. */
  void become(ConnectivityState next, Status status) {
    if (next == ConnectivityState.TRANSIENT_FAILURE) {
      failure = status;
    }
    if (state != ConnectivityState.TRANSIENT_FAILURE
        || next == ConnectivityState.READY
        || next == ConnectivityState.SHUTDOWN) {
      state = next;
    }
  }

  /** The same text on each machine, whatever name the address was found by. */
  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : address.toString();
  }

  private final class Counter extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      inFlight.incrementAndGet();
      return new ClientStreamTracer() {
        @Override
        public void streamClosed(Status status) {
          inFlight.decrementAndGet();
        }
      };
    }
  }
}
