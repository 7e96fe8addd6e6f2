package io.loadonce.server.promises;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Callers that set out together.
 *
 * @param answers one for each caller, in the order of the callers
 * @param took from the moment they were let go until the last was answered
 */
record Herd<T>(List<T> answers, Duration took) {
  private static final int PATIENCE_SECONDS = 60;

  /** Lets all callers go at once, each on a thread of its own, and waits for all of them. */
  static <T> Herd<T> of(List<? extends Callable<T>> callers) throws Exception {
    CountDownLatch ready = new CountDownLatch(callers.size());
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> answers = new ArrayList<>();
      for (Callable<T> caller : callers) {
        answers.add(
            threads.submit(
                () -> {
                  ready.countDown();
                  go.await();
                  return caller.call();
                }));
      }
      ready.await();
      long beganNanos = System.nanoTime();
      go.countDown();
      List<T> all = new ArrayList<>();
      for (Future<T> answer : answers) {
        all.add(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
      return new Herd<>(all, Duration.ofNanos(System.nanoTime() - beganNanos));
    }
  }
}
