package io.loadonce.bench.reliability.restarts;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Our own client with its default settings, called by 16 threads. */
final class JavaCaller implements Caller {

  private static final int THREADS = 16;
  private static final long PAUSE_MILLIS = 20;
  private static final Duration END = Duration.ofSeconds(20);

  private final ResourceClient client;
  private final int ids;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<Void>> callers = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final LongAdder calls = new LongAdder();
  private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);
  private final Map<String, Long> failures = new ConcurrentSkipListMap<>();

  private JavaCaller(ResourceClient client, int ids) {
    this.client = client;
    this.ids = ids;
  }

  /**
   * @param addresses such as {@code a:50051,b:50051}
   */
  static Caller start(String addresses, int ids, long seed) {
    JavaCaller caller =
        new JavaCaller(ResourceClient.open(ClientSettings.forTarget(addresses)), ids);
    for (int thread = 0; thread < THREADS; thread++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed + thread);
      caller.callers.add(caller.threads.submit(() -> caller.callOn(random)));
    }
    return caller;
  }

  @Override
  public Tally end() throws InterruptedException {
    ended.countDown();
    threads.shutdown();
    if (!threads.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("the client's calls did not end");
    }
    for (Future<Void> caller : callers) {
      try {
        var _ = caller.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a thread of the client ended early", e);
      }
    }
    return new Tally("ResourceClient", calls.sum(), slowest.get(), Map.copyOf(failures));
  }

  @Override
  public void close() {
    ended.countDown();
    threads.shutdownNow();
    client.close();
  }

  private Void callOn(RandomGenerator random) throws InterruptedException {
    do {
      long began = System.nanoTime();
      try {
        client.get(Integer.toString(random.nextInt(ids) + 1));
      } catch (LoadonceException e) {
        failures.merge("%s %s".formatted(e.code(), e.getMessage()), 1L, Long::sum);
      }
      calls.increment();
      slowest.accumulate((System.nanoTime() - began) / 1_000_000);
    } while (!ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    return null;
  }
}
