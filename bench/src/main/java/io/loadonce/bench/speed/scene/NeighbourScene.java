package io.loadonce.bench.speed.scene;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Requests;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What a slow lookup costs another lookup of the same service: cold Gets of a quick lookup, a
 * thousand each second, without and with 500 callers of a lookup whose queries take 2 s.
 */
final class NeighbourScene implements Scene {

  private static final int SLOW_CALLERS = 500;
  private static final Duration BETWEEN = Duration.ofMillis(1);
  private static final Duration LONGEST_CALL = Duration.ofSeconds(30);
  private static final int WARM_UP_TURNS = 8;
  private static final double P99 = 0.99;

  /** The load time-out is so long that no slow call fails while it waits for its turn. */
  private static final String CONFIG =
      """
      database:
        url: {url}
        user: {user}
      load-timeout: 60s
      call-timeout: 60s
      lookups:
        quick:
          query: {query}
          key: id bigint
        slow:
          query: {query} AND (SELECT TRUE FROM pg_sleep(2))
          key: id bigint
          ttl: 0s
          max-queue-time: 60s
      """;

  private final SpeedPlan plan;
  private final Path directory;
  private final ServerProcess server;
  private final ManagedChannel channel;

  /** Another client: what its own connection costs the slow callers is not the service's. */
  private final ManagedChannel slowChannel;

  private int nextPlace;

  private NeighbourScene(SpeedPlan plan, Path directory, ServerProcess server) {
    this.plan = plan;
    this.directory = directory;
    this.server = server;
    this.channel = channel(server.port());
    this.slowChannel = channel(server.port());
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .directExecutor()
        .build();
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    PostgresTable table = lab.table();
    Path directory = Files.createTempDirectory("loadonce-bench");
    Path config = directory.resolve("loadonce.yaml");
    Files.writeString(
        config,
        CONFIG
            .replace("{url}", table.url())
            .replace("{user}", PostgresTable.USER)
            .replace("{query}", PostgresTable.QUERY));
    NeighbourScene scene = new NeighbourScene(lab.plan(), directory, LoadonceServer.start(config));
    scene.warmUp();
    return scene;
  }

  /** At a thousand calls each second it takes a while until the servers' code is compiled. */
  private void warmUp() throws InterruptedException {
    try (SlowCallers _ = new SlowCallers()) {
      for (int i = 0; i < WARM_UP_TURNS; i++) {
        var _ = quickP99Millis(plan.turn());
      }
    }
  }

  @Override
  public void round(int number, Board board) throws InterruptedException {
    double alone = quickP99Millis(plan.turn());
    double beside;
    try (SlowCallers slow = new SlowCallers()) {
      slow.awaitFirstAnswers();
      beside = quickP99Millis(plan.turn());
    }
    board.add(turn("alone"), alone);
    board.add(turn("beside 500 callers of a slow lookup"), beside);
    board.add(Figure.NEIGHBOUR_P99, beside / alone);
  }

  private static Board.Turn turn(String who) {
    return new Board.Turn("cold Get at 1,000/s, p99", who, "open loop", "ms");
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    slowChannel.shutdownNow();
    server.close();
    Files.deleteIfExists(directory.resolve("loadonce.yaml"));
    Files.deleteIfExists(directory);
  }

  /** Sends cold Gets at their times, whatever the answers do, and measures from those times. */
  private double quickP99Millis(Duration time) throws InterruptedException {
    int calls = (int) (time.toNanos() / BETWEEN.toNanos());
    long[] nanos = new long[calls];
    CountDownLatch answers = new CountDownLatch(calls);
    AtomicInteger failures = new AtomicInteger();
    long began = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      int place = i;
      long due = began + i * BETWEEN.toNanos();
      parkUntil(due);
      var call =
          ResourceServiceGrpc.newFutureStub(channel)
              .withDeadlineAfter(LONGEST_CALL.toSeconds(), TimeUnit.SECONDS)
              .get(request("quick", nextPlace++));
      call.addListener(
          () -> {
            nanos[place] = System.nanoTime() - due;
            try {
              var _ = Futures.getDone(call);
            } catch (Exception e) {
              failures.incrementAndGet();
            }
            answers.countDown();
          },
          MoreExecutors.directExecutor());
    }
    answers.await();
    if (failures.get() > 0) {
      throw new IllegalStateException(failures + " calls of the quick lookup failed");
    }
    Arrays.sort(nanos);
    return nanos[(int) (calls * P99)] / 1e6;
  }

  private GetRequest request(String lookup, int place) {
    long id = Requests.scattered(place % plan.rows(), plan.rows());
    return GetRequest.newBuilder().setLookup(lookup).setId(Long.toString(id)).build();
  }

  private static void parkUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Callers of the slow lookup, each of which requests its next id when it has an answer. */
  private final class SlowCallers implements AutoCloseable {
    private final AtomicInteger nextSlowPlace = new AtomicInteger();
    private final CountDownLatch firstAnswers = new CountDownLatch(1);
    private final List<SlowCaller> callers = new ArrayList<>();
    private volatile boolean closed;

    SlowCallers() {
      for (int i = 0; i < SLOW_CALLERS; i++) {
        SlowCaller caller = new SlowCaller();
        callers.add(caller);
        caller.call();
      }
    }

    void awaitFirstAnswers() throws InterruptedException {
      if (!firstAnswers.await(LONGEST_CALL.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the slow lookup has not answered");
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    private final class SlowCaller implements StreamObserver<GetResponse> {
      void call() {
        ResourceServiceGrpc.newStub(slowChannel)
            .withDeadlineAfter(LONGEST_CALL.toSeconds(), TimeUnit.SECONDS)
            .get(request("slow", nextSlowPlace.getAndIncrement()), this);
      }

      @Override
      public void onNext(GetResponse answer) {
        firstAnswers.countDown();
      }

      @Override
      public void onError(Throwable failure) {
        onCompleted();
      }

      @Override
      public void onCompleted() {
        if (!closed) {
          call();
        }
      }
    }
  }
}
