package io.loadonce.bench.reliability.overload;

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
     * @param lateNanos how much later the loop sent it
     * @param tookNanos from the time when it was due to the answer
     */
    void answered(long dueNanos, long lateNanos, long tookNanos, Status status);
  }

  /** So many calls a second, for this long. */
  record Phase(int perSecond, Duration time) {
    int calls() {
      return (int) (perSecond * time.toMillis() / 1_000);
    }
  }

  /** After the last call was sent, the loop waits so long for answers. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

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
   * Sends the calls of one phase after the other, and waits at most 60 s for all answers.
   *
   * @param deadline of each call; null for none
   * @return how many calls were never answered
   */
  long run(List<Phase> phases, @Nullable Duration deadline, Listener listener)
      throws InterruptedException {
    CountDownLatch open = new CountDownLatch(phases.stream().mapToInt(Phase::calls).sum());
    long began = System.nanoTime();
    long phaseNanos = 0;
    for (Phase phase : phases) {
      for (int call = 0; call < phase.calls(); call++) {
        long dueNanos = phaseNanos + call * 1_000_000_000L / phase.perSecond();
        parkUntil(began + dueNanos);
        long lateNanos = System.nanoTime() - began - dueNanos;
        ListenableFuture<GetResponse> answer = stub(deadline).get(request());
        answer.addListener(
            () -> {
              listener.answered(
                  dueNanos, lateNanos, System.nanoTime() - began - dueNanos, statusOf(answer));
              open.countDown();
            },
            MoreExecutors.directExecutor());
      }
      phaseNanos += phase.time().toNanos();
    }
    var _ = open.await(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
    return open.getCount();
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
