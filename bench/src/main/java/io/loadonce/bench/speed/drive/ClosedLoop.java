package io.loadonce.bench.speed.drive;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Our own driver: so many calls in flight at any moment, on so many connections, each followed by
 * the next on the event loop that received the reply. It parses nothing, so that most of a machine
 * that the driver shares with the server is left to the server.
 *
 * <p>One run at a time.
 */
public final class ClosedLoop implements AutoCloseable {

  /** How long the connections may take to open, and the last replies of a run after its end. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final List<ManagedChannel> channels;

  /**
   * Opens the connections, one after the other. Blocks until then.
   *
   * @throws IllegalStateException if not all connections are open in time; none is left open
   */
  public ClosedLoop(int port, int connections) throws InterruptedException {
    this(port, connections, GRACE);
  }

  /**
   * @param atMost the time for all connections together
   */
  ClosedLoop(int port, int connections, Duration atMost) throws InterruptedException {
    long untilNanos = System.nanoTime() + atMost.toNanos();
    this.channels = IntStream.range(0, connections).mapToObj(i -> channel(port, i)).toList();
    try {
      for (ManagedChannel channel : channels) {
        connect(channel, untilNanos);
      }
    } catch (IllegalStateException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private static ManagedChannel channel(int port, int number) {
    return EventLoops.bind(NettyChannelBuilder.forAddress("127.0.0.1", port), number)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(64 << 20)
        .build();
  }

  private static void connect(ManagedChannel channel, long untilNanos) throws InterruptedException {
    ConnectivityState state = channel.getState(/* requestConnection= */ true);
    while (state != ConnectivityState.READY) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("no connection to " + channel.authority());
      }
      state = channel.getState(/* requestConnection= */ true);
    }
  }

  /**
   * Sends requests until the time has passed or there are no more, and waits for the replies.
   *
   * @param requests called by several threads; null when there are no more
   * @throws IllegalStateException if a call failed, since there is no rate to report then
   */
  public Driven run(
      MethodDescriptor<byte[], Integer> method,
      Supplier<byte @Nullable []> requests,
      int inFlight,
      Duration atMost)
      throws InterruptedException {
    Run run = new Run(method, requests, inFlight, System.nanoTime() + atMost.toNanos());
    long began = System.nanoTime();
    for (int i = 0; i < inFlight; i++) {
      run.new Caller(channels.get(i % channels.size())).ask();
    }
    boolean ended = run.over.await(atMost.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    Status failure = run.failure.get();
    if (failure != null) {
      throw new IllegalStateException("a call failed: " + failure);
    }
    if (!ended) {
      throw new IllegalStateException(run.over.getCount() + " calls are not answered");
    }
    return new Driven(run.answers.sum(), elapsed);
  }

  /** Makes one call with generated code. Blocks until the reply or the deadline. */
  public GetResponse get(long id) {
    return ResourceServiceGrpc.newBlockingStub(channels.getFirst())
        .withDeadlineAfter(GRACE.toNanos(), TimeUnit.NANOSECONDS)
        .get(GetRequest.newBuilder().setId(Long.toString(id)).build());
  }

  /** Invalidates every row. Blocks until the reply. */
  public void forgetAll() {
    var _ =
        ResourceServiceGrpc.newBlockingStub(channels.getFirst())
            .withDeadlineAfter(GRACE.toNanos(), TimeUnit.NANOSECONDS)
            .invalidate(InvalidateRequest.newBuilder().setAll(true).build());
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  /** What the callers of one run share. */
  private static final class Run {
    private final MethodDescriptor<byte[], Integer> method;
    private final Supplier<byte @Nullable []> requests;
    private final long untilNanos;
    private final CountDownLatch over;
    private final LongAdder answers = new LongAdder();
    private final AtomicReference<@Nullable Status> failure = new AtomicReference<>();

    Run(
        MethodDescriptor<byte[], Integer> method,
        Supplier<byte @Nullable []> requests,
        int inFlight,
        long untilNanos) {
      this.method = method;
      this.requests = requests;
      this.untilNanos = untilNanos;
      this.over = new CountDownLatch(inFlight);
    }

    /** One call in flight. */
    private final class Caller extends ClientCall.Listener<Integer> {
      private final ManagedChannel channel;
      private boolean answered;

      Caller(ManagedChannel channel) {
        this.channel = channel;
      }

      void ask() {
        byte[] request = System.nanoTime() - untilNanos < 0 ? requests.get() : null;
        if (request == null) {
          over.countDown();
          return;
        }
        answered = false;
        ClientCall<byte[], Integer> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
      }

      @Override
      public void onMessage(Integer replyBytes) {
        answered = replyBytes > 0;
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        if (!status.isOk() || !answered) {
          failure.compareAndSet(null, status.isOk() ? Status.DATA_LOSS : status);
          over.countDown();
          return;
        }
        answers.increment();
        ask();
      }
    }
  }
}
