package io.loadonce.bench.reliability.pressure;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Another client, which reads one cached row 50 times a second and repeats no call. */
final class Neighbour implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final GetRequest REQUEST = GetRequest.newBuilder().setId("1").build();

  private final Clients clients;
  private final CountDownLatch left = new CountDownLatch(1);
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final Thread thread = Thread.ofVirtual().name("neighbour").unstarted(this::read);
  private volatile Status failure = Status.OK;

  private Neighbour(Clients clients) {
    this.clients = clients;
  }

  /** Starts to read. */
  static Neighbour start(int port) {
    Neighbour neighbour = new Neighbour(Clients.of(port, 1));
    neighbour.thread.start();
    return neighbour;
  }

  /** Ends, and returns when the last call has been answered. */
  Neighbour leave() throws InterruptedException {
    left.countDown();
    thread.join();
    return this;
  }

  boolean isUnharmed() {
    return failed.get() == 0 && answered.get() > 0;
  }

  @Override
  public String toString() {
    String counts = "%,d of %,d".formatted(failed.get(), failed.get() + answered.get());
    return failed.get() == 0 ? counts : counts + ", " + failure;
  }

  @Override
  public void close() {
    left.countDown();
    clients.close();
  }

  private void read() {
    var stub = ResourceServiceGrpc.newBlockingStub(clients.get(0));
    try {
      do {
        try {
          var _ = stub.withDeadlineAfter(DEADLINE.toNanos(), TimeUnit.NANOSECONDS).get(REQUEST);
          answered.incrementAndGet();
        } catch (StatusRuntimeException e) {
          failure = e.getStatus();
          failed.incrementAndGet();
        }
      } while (!left.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
