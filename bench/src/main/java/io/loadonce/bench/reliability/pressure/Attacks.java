package io.loadonce.bench.reliability.pressure;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.loadonce.bench.speed.drive.Metrics;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * What some clients do that costs a service more than honest calls. Each attack lasts some minutes
 * at most. For one thread.
 */
final class Attacks {

  private static final Duration LONGEST = Duration.ofSeconds(90);

  /** A connection may cancel 4,000 calls in 10 s; these cancel fewer. */
  private static final int CANCELLING_CONNECTIONS = 100;

  private static final int CANCELLED_AT_ONCE = 1_000;
  private static final String CANCELLED = "CANCELLED";

  /** Most calls have reached the service by then, and few have been answered. */
  private static final Duration ARRIVED = Duration.ofMillis(10);

  private static final int BATCHES_AT_ONCE = 8;
  private static final int BATCH = 1_000;

  /** Each carries 1,000 calls, as many as the service allows. */
  private static final int UNREAD_PER_CONNECTION = 1_000;

  /**
   * What was done.
   *
   * @param count of ids or calls that ended as they should
   * @param how they ended
   */
  record Made(long count, String how) {}

  private final int port;
  private final int adminPort;

  /** No row has this id, or a larger one. */
  private long nextInvented = 1_000_000_000;

  Attacks(int port, int adminPort) {
    this.port = port;
    this.adminPort = adminPort;
  }

  /** Gets of invented ids, which are cancelled while the service loads them. */
  Made cancelled(int count) throws IOException, InterruptedException {
    long before = Metrics.read(adminPort).calls(CANCELLED);
    long untilNanos = System.nanoTime() + LONGEST.toNanos();
    long cancelled = 0;
    long noticed = 0;
    try (Clients clients = Clients.of(port, CANCELLING_CONNECTIONS)) {
      while (noticed < count && System.nanoTime() - untilNanos < 0) {
        List<Future<GetResponse>> calls = new ArrayList<>();
        for (int i = 0; i < CANCELLED_AT_ONCE; i++) {
          GetRequest request = get(nextInvented++);
          calls.add(ResourceServiceGrpc.newFutureStub(clients.get(i)).get(request));
        }
        var _ = new CountDownLatch(1).await(ARRIVED.toNanos(), TimeUnit.NANOSECONDS);
        cancelled += calls.stream().filter(call -> call.cancel(true)).count();
        if (cancelled >= count) {
          noticed = Metrics.read(adminPort).calls(CANCELLED) - before;
        }
      }
    }
    return new Made(noticed, "the service noticed %,d of %,d".formatted(noticed, cancelled));
  }

  /** BatchGets of ids that the table does not have. */
  Made invented(int count) throws InterruptedException {
    Map<Status.Code, Long> endings = new ConcurrentSkipListMap<>();
    Semaphore free = new Semaphore(BATCHES_AT_ONCE);
    long untilNanos = System.nanoTime() + LONGEST.toNanos();
    try (Clients clients = Clients.of(port, BATCHES_AT_ONCE)) {
      for (int i = 0; i < count / BATCH && System.nanoTime() - untilNanos < 0; i++) {
        free.acquire();
        ListenableFuture<BatchGetResponse> reply =
            ResourceServiceGrpc.newFutureStub(clients.get(i)).batchGet(nextBatch());
        reply.addListener(
            () -> {
              add(reply, endings);
              free.release();
            },
            MoreExecutors.directExecutor());
      }
      free.acquire(BATCHES_AT_ONCE);
    }
    return new Made(endings.getOrDefault(Status.Code.NOT_FOUND, 0L), endings.toString());
  }

  /** Gets of a cached row, of whose reply the client takes one byte. */
  Made unread(int count) throws InterruptedException {
    int connections = Math.ceilDiv(count, UNREAD_PER_CONNECTION);
    CountDownLatch answered = new CountDownLatch(count);
    CountDownLatch open = new CountDownLatch(connections);
    long beganNanos = System.nanoTime();
    try (Clients clients = Clients.of(port, connections, /* windowBytes= */ 1)) {
      for (int i = 0; i < count; i++) {
        beginUnread(clients.get(i), answered);
      }
      var _ = answered.await(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
      for (ManagedChannel channel : clients.channels()) {
        channel.notifyWhenStateChanged(ConnectivityState.READY, open::countDown);
      }
      boolean areClosed = open.await(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
      return new Made(
          areClosed ? count - answered.getCount() : 0,
          "of %d connections, the service closed %d within %.1f s"
              .formatted(
                  connections,
                  connections - open.getCount(),
                  (System.nanoTime() - beganNanos) / 1e9));
    }
  }

  /** Sends a request; of its reply, only the headers are read. */
  private static void beginUnread(ManagedChannel channel, CountDownLatch answered) {
    ClientCall<GetRequest, GetResponse> call =
        channel.newCall(ResourceServiceGrpc.getGetMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            answered.countDown();
          }
        },
        new Metadata());
    call.sendMessage(get(1));
    call.halfClose();
  }

  private BatchGetRequest nextBatch() {
    long first = nextInvented;
    nextInvented += BATCH;
    return BatchGetRequest.newBuilder()
        .addAllIds(LongStream.range(first, nextInvented).mapToObj(Long::toString).toList())
        .build();
  }

  /** Adds the status of each id; if the call failed, that of the call for all of its ids. */
  private static void add(
      ListenableFuture<BatchGetResponse> reply, Map<Status.Code, Long> endings) {
    try {
      for (BatchGetResult result : reply.get().getResultsList()) {
        Status.Code status = Status.fromCodeValue(result.getStatus().getCode()).getCode();
        endings.merge(status, 1L, Long::sum);
      }
    } catch (ExecutionException e) {
      endings.merge(Status.fromThrowable(e).getCode(), (long) BATCH, Long::sum);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the reply is there", e);
    }
  }

  private static GetRequest get(long id) {
    return GetRequest.newBuilder().setId(Long.toString(id)).build();
  }
}
