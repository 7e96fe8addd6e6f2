package io.loadonce.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Callers who want more memory than there is are refused, and the process lives: a real process
 * with a heap of 256 MiB, and rows of 1 MB on a real PostgreSQL.
 */
@Tag("slow")
@Timeout(240)
class MemoryLimitsTest {

  private static final int ROW_BYTES = 1_000_000;

  private static final String QUERY =
      "SELECT id, repeat('x', CASE WHEN id < 5000 THEN "
          + ROW_BYTES
          + " ELSE 100 END) AS body FROM large WHERE id IN (:ids)";

  private static final Duration STORM = Duration.ofSeconds(6);

  /** An id with a small row. */
  private static final int SMALL = 6_000;

  private static final String CLOSED =
      "a connection was closed because it did not take its replies; from 127.0.0.1";

  private static CountedDatabase database;

  @TempDir Path directory;
  private ServedProcess served;

  @BeforeAll
  static void startDatabase() throws Exception {
    database = CountedDatabase.postgres();
    database.execute("CREATE TABLE large AS SELECT generate_series(1::bigint, 10000) AS id");
    database.execute("ALTER TABLE large ADD PRIMARY KEY (id)");
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    database.close();
  }

  @BeforeEach
  void serve() throws Exception {
    served =
        ServedProcess.start(
            "256m",
            directory.resolve("log"),
            List.of(
                "--unread-timeout=4s",
                "--load-timeout=100s",
                "--call-timeout=110s",
                "--connect-timeout=10s",
                "--db-url=" + database.url(),
                "--db-user=" + database.user(),
                "--query=" + QUERY));
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void batchGet_moreRowsThanTheBudget_returnsWhatFits() throws Exception {
    BatchGetResponse reply =
        ResourceServiceGrpc.newBlockingStub(served.channel())
            .withDeadlineAfter(100, TimeUnit.SECONDS)
            .batchGet(batch(1, 300));

    assertThat(reply.getResultsList()).hasSize(300);
    assertThat(found(reply)).isBetween(10L, 64L);
    assertThat(reply.getResultsList())
        .filteredOn(BatchGetResult::hasStatus)
        .extracting(result -> result.getStatus().getCode())
        .containsOnly(Status.Code.RESOURCE_EXHAUSTED.value());
    served.assertUnharmed();
  }

  @Test
  void get_manyLargeRowsAtOnce_areReturnedOrRefused() throws Exception {
    List<ManagedChannel> channels = IntStream.range(0, 20).mapToObj(_ -> served.channel()).toList();
    List<ListenableFuture<GetResponse>> calls = new ArrayList<>();
    for (int id = 1; id <= 200; id++) {
      calls.add(
          ResourceServiceGrpc.newFutureStub(channels.get(id % channels.size()))
              .withDeadlineAfter(100, TimeUnit.SECONDS)
              .get(get(id)));
    }

    List<Status.Code> endings = calls.stream().map(MemoryLimitsTest::ending).toList();

    assertThat(endings)
        .isSubsetOf(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED)
        .haveAtLeast(20, equalTo(Status.Code.OK));
    assertThat(answered(served.channel(), 300)).isEqualTo(Status.Code.OK);
    served.assertUnharmed();
  }

  @Test
  void batchGet_eightLargeOnesAtOnce_areReturnedInPart() throws Exception {
    List<ListenableFuture<BatchGetResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          ResourceServiceGrpc.newFutureStub(served.channel())
              .withDeadlineAfter(100, TimeUnit.SECONDS)
              .batchGet(batch(1 + 46 * i, 46)));
    }

    for (ListenableFuture<BatchGetResponse> call : calls) {
      BatchGetResponse reply = call.get(100, TimeUnit.SECONDS);
      assertThat(reply.getResultsList()).hasSize(46);
    }
    assertThat(answered(served.channel(), 1_000)).isEqualTo(Status.Code.OK);
    served.assertUnharmed();
  }

  @Test
  void get_clientThatDoesNotRead_isRefusedAndDisconnectedAndHarmsNobody() throws Exception {
    ManagedChannel neighbour = served.channel();
    assertThat(answered(neighbour, 1)).isEqualTo(Status.Code.OK);
    assertThat(answered(neighbour, 2)).isEqualTo(Status.Code.OK);
    ManagedChannel silent = served.channel(65_535);
    ConcurrentLinkedQueue<Status.Code> endings = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 400; i++) {
      unread(silent, get(1), endings);
    }

    List<Status.Code> ofNeighbour = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(100))
        .until(
            () -> {
              ofNeighbour.add(answered(neighbour, 2));
              return served.log().contains(CLOSED);
            });

    assertThat(ofNeighbour).isNotEmpty().containsOnly(Status.Code.OK);
    assertThat(endings).hasSizeGreaterThan(300).containsOnly(Status.Code.RESOURCE_EXHAUSTED);
    served.assertUnharmed();
  }

  @Test
  void batchGet_stormOfCancelledOnes_leavesNothing() throws Exception {
    ManagedChannel neighbour = served.channel();
    assertThat(answered(neighbour, SMALL)).isEqualTo(Status.Code.OK);
    AtomicLong cancelled = new AtomicLong();
    List<Status.Code> ofNeighbour = new ArrayList<>();
    try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(2)) {
      for (int i = 0; i < 20; i++) {
        Storm storm = new Storm(served.channel(), 1_000_000L * (i + 1), cancelled);
        var _ = clock.scheduleAtFixedRate(storm::next, 7L * i, 150, TimeUnit.MILLISECONDS);
      }
      long untilNanos = System.nanoTime() + STORM.toNanos();
      while (System.nanoTime() - untilNanos < 0) {
        ofNeighbour.add(answered(neighbour, SMALL));
      }
      clock.shutdownNow();
    }

    assertThat(cancelled.get()).isGreaterThan(500);
    // How quickly depends on the machine, which 20 clients keep busy.
    assertThat(ofNeighbour).contains(Status.Code.OK);
    await().until(() -> answered(neighbour, SMALL) == Status.Code.OK);
    served.assertUnharmed();
  }

  /** Keeps 20 BatchGets of 100 invented ids open, and cancels each of them soon. */
  private static final class Storm {
    private final ManagedChannel channel;
    private final AtomicLong cancelled;
    private final List<ListenableFuture<BatchGetResponse>> open = new ArrayList<>();
    private long nextId;

    Storm(ManagedChannel channel, long firstId, AtomicLong cancelled) {
      this.channel = channel;
      this.nextId = firstId;
      this.cancelled = cancelled;
    }

    void next() {
      open.forEach(call -> call.cancel(true));
      cancelled.addAndGet(open.size());
      open.clear();
      for (int i = 0; i < 20; i++) {
        open.add(ResourceServiceGrpc.newFutureStub(channel).batchGet(batch(nextId, 100)));
        nextId += 100;
      }
    }
  }

  /** Sends a request and takes nothing of its reply. */
  private static void unread(
      ManagedChannel channel, GetRequest request, ConcurrentLinkedQueue<Status.Code> endings) {
    ClientCall<GetRequest, GetResponse> call =
        channel.newCall(ResourceServiceGrpc.getGetMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            endings.add(status.getCode());
          }
        },
        new Metadata());
    call.sendMessage(request);
    call.halfClose();
  }

  private static Status.Code answered(ManagedChannel channel, int id) {
    return ending(
        ResourceServiceGrpc.newFutureStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .get(get(id)));
  }

  private static Status.Code ending(ListenableFuture<?> call) {
    try {
      call.get();
      return Status.Code.OK;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e).getCode();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static org.assertj.core.api.Condition<Status.Code> equalTo(Status.Code code) {
    return new org.assertj.core.api.Condition<>(code::equals, "equal to %s", code);
  }

  private static long found(BatchGetResponse reply) {
    return reply.getResultsList().stream().filter(BatchGetResult::hasResource).count();
  }

  private static GetRequest get(long id) {
    return GetRequest.newBuilder().setId(Long.toString(id)).build();
  }

  private static BatchGetRequest batch(long first, int count) {
    return BatchGetRequest.newBuilder()
        .addAllIds(LongStream.range(first, first + count).mapToObj(Long::toString).toList())
        .build();
  }
}
