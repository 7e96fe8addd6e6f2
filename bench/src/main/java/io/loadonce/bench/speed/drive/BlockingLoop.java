package io.loadonce.bench.speed.drive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads that repeat the same blocking call. */
public final class BlockingLoop {

  private BlockingLoop() {}

  /**
   * Repeats the call on each thread for the given time. Blocks until the last calls have ended.
   *
   * @throws IllegalStateException if a call fails
   */
  public static Driven run(Callable<?> call, int threads, Duration time)
      throws InterruptedException {
    long began = System.nanoTime();
    long until = began + time.toNanos();
    try (ExecutorService callers = Executors.newFixedThreadPool(threads)) {
      List<Callable<Long>> loops = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        loops.add(() -> repeat(call, until));
      }
      long calls = 0;
      for (Future<Long> loop : callers.invokeAll(loops)) {
        calls += loop.get();
      }
      return new Driven(calls, Duration.ofNanos(System.nanoTime() - began));
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call failed", e.getCause());
    }
  }

  private static long repeat(Callable<?> call, long untilNanos) throws Exception {
    long calls = 0;
    while (System.nanoTime() - untilNanos < 0) {
      call.call();
      calls++;
    }
    return calls;
  }
}
