package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The callers of one instance, on virtual threads, one call each, released together. */
final class WorkerHerd {

  /**
   * What became of the callers.
   *
   * @param answered those that were answered within the limit, errors included
   * @param failed those of them that got an error
   * @param lastMicros when the last of them was answered, after the release
   */
  record Result(int calls, int answered, int failed, long lastMicros) {
    String line() {
      return "%d %d %d %d".formatted(calls, answered, failed, lastMicros);
    }

    static Result of(String line) {
      String[] numbers = line.split(" ", -1);
      return new Result(
          Integer.parseInt(numbers[0]),
          Integer.parseInt(numbers[1]),
          Integer.parseInt(numbers[2]),
          Long.parseLong(numbers[3]));
    }

    /** The callers of both instances. */
    Result plus(Result other) {
      return new Result(
          calls + other.calls,
          answered + other.answered,
          failed + other.failed,
          Math.max(lastMicros, other.lastMicros));
    }
  }

  private final Rung rung;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch done;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong lastNanos = new AtomicLong();

  /** Written before the release. */
  private long releasedNanos;

  private long limitNanos;

  private WorkerHerd(Rung rung, int calls) {
    this.rung = rung;
    this.done = new CountDownLatch(calls);
  }

  /** Returns when every caller waits for the release. */
  static WorkerHerd prepare(Rung rung, List<Key> calls) throws InterruptedException {
    WorkerHerd herd = new WorkerHerd(rung, calls.size());
    CountDownLatch ready = new CountDownLatch(calls.size());
    for (Key id : calls) {
      herd.threads.add(Thread.startVirtualThread(() -> herd.call(id, ready)));
    }
    ready.await();
    return herd;
  }

  /** Releases the callers and waits until all have ended; once. */
  Result run(Duration limit) throws InterruptedException {
    limitNanos = limit.toNanos();
    releasedNanos = System.nanoTime();
    release.countDown();
    if (!done.await(limitNanos, TimeUnit.NANOSECONDS)) {
      threads.forEach(Thread::interrupt);
      done.await();
    }
    return new Result(threads.size(), answered.get(), failed.get(), lastNanos.get() / 1_000);
  }

  private void call(Key id, CountDownLatch ready) {
    ready.countDown();
    try {
      release.await();
      boolean isFailed = false;
      try {
        var _ = rung.version(id);
      } catch (SourceException | RuntimeException _) {
        isFailed = true;
      }
      long took = System.nanoTime() - releasedNanos;
      if (took < limitNanos) {
        answered.getAndIncrement();
        failed.addAndGet(isFailed ? 1 : 0);
        lastNanos.accumulateAndGet(took, Math::max);
      }
    } catch (InterruptedException _) {
      // Not answered within the limit.
    } finally {
      done.countDown();
    }
  }
}
