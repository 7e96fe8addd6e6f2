package io.loadonce.bench.reliability.outages;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.loadonce.bench.reliability.Replies;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Gets at a fixed rate, whatever the answers do: of an id that was not requested before, and of one
 * whose row is cached, in turn. No call is repeated.
 *
 * <p>The server is told the deadline, and the client has no timer for it: so the time of an answer
 * is that of the server.
 */
final class PacedGets implements AutoCloseable {

  static final Duration DEADLINE = Duration.ofSeconds(1);

  /** The ids from 0 to below this are cached; the ids from this on are requested once each. */
  static final int CACHED = 100;

  private static final Duration INTERVAL = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel channel;
  private final ResourceServiceFutureStub stub;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Queue<ListenableFuture<Answer>> answers = new ConcurrentLinkedQueue<>();
  private int next = CACHED;

  private PacedGets(ManagedChannel channel) {
    this.channel = channel;
    Metadata deadline = new Metadata();
    deadline.put(TIMEOUT, DEADLINE.toMillis() + "m");
    this.stub =
        ResourceServiceGrpc.newFutureStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(deadline));
  }

  /** Loads the rows that are to be cached, and begins to send 100 calls of each kind a second. */
  static PacedGets start(int port) {
    PacedGets gets =
        new PacedGets(
            NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build());
    var stub = ResourceServiceGrpc.newBlockingStub(gets.channel);
    for (int id = 0; id < CACHED; id++) {
      var _ = stub.withDeadlineAfter(LONGEST.toSeconds(), TimeUnit.SECONDS).get(request(id));
    }
    var _ =
        gets.clock.scheduleAtFixedRate(gets::sendTwo, 0, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    return gets;
  }

  /** Sends no more, waits for the answers that are left, and returns all. */
  List<Answer> stop() throws InterruptedException {
    clock.shutdown();
    if (!clock.awaitTermination(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("a call blocked its client");
    }
    return Replies.awaitAll(answers, LONGEST);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    channel.shutdownNow();
  }

  private void sendTwo() {
    send(next % CACHED, /* isCached= */ true);
    send(next, /* isCached= */ false);
    next++;
  }

  private void send(int id, boolean isCached) {
    long beganNanos = System.nanoTime();
    ListenableFuture<GetResponse> reply = stub.get(request(id));
    answers.add(
        Replies.whenEnded(
            reply,
            () -> {
              long tookNanos = System.nanoTime() - beganNanos;
              return new Answer(isCached, beganNanos, tookNanos, status(reply));
            }));
  }

  private static Status.Code status(ListenableFuture<GetResponse> reply) {
    try {
      var _ = Futures.getDone(reply);
      return Status.Code.OK;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e).getCode();
    }
  }

  private static GetRequest request(int id) {
    return GetRequest.newBuilder().setId(Integer.toString(id)).build();
  }
}
