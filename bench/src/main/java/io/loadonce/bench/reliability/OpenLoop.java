package io.loadonce.bench.reliability;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gets of uncached ids at a fixed rate, whatever the answers do. One thread sends all calls. The
 * time of a call counts from the moment when it was due.
 */
final class OpenLoop {

  /** Receives each answer, on the thread that delivers it; must not block. */
  interface Listener {
    /**
     * @param dueNanos when the call was due, from the start of the loop
     */
    void answered(long dueNanos, long tookNanos, Status status);
  }

  private final List<ManagedChannel> channels;
  private final int ids;
  private int nextId;

  /**
   * @param channels take turns, since a connection carries only so many calls at one time
   * @param ids the ids from 1 to this are requested in turn
   */
  OpenLoop(List<ManagedChannel> channels, int ids) {
    this.channels = channels;
    this.ids = ids;
  }

  /**
   * Sends calls for this long and waits for their answers.
   *
   * @param deadline of each call; null for none
   */
  void run(int perSecond, Duration time, @Nullable Duration deadline, Listener listener)
      throws InterruptedException {
    int calls = (int) (perSecond * time.toMillis() / 1_000);
    CountDownLatch open = new CountDownLatch(calls);
    long began = System.nanoTime();
    for (int call = 0; call < calls; call++) {
      long dueNanos = call * 1_000_000_000L / perSecond;
      parkUntil(began + dueNanos);
      ListenableFuture<GetResponse> answer = stub(deadline).get(request());
      answer.addListener(
          () -> {
            listener.answered(dueNanos, System.nanoTime() - began - dueNanos, statusOf(answer));
            open.countDown();
          },
          MoreExecutors.directExecutor());
    }
    open.await();
  }

  private GetRequest request() {
    nextId = nextId % ids + 1;
    return GetRequest.newBuilder().setId(Integer.toString(nextId)).build();
  }

  private ResourceServiceGrpc.ResourceServiceFutureStub stub(@Nullable Duration deadline) {
    var stub = ResourceServiceGrpc.newFutureStub(channels.get(nextId % channels.size()));
    return deadline == null
        ? stub
        : stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static Status statusOf(ListenableFuture<GetResponse> answer) {
    try {
      var _ = Futures.getDone(answer);
      return Status.OK;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e);
    }
  }

  private static void parkUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
