package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Callers on virtual threads, one get each, released together. Times count from the release, so the
 * time that a caller waits for a processor is included, as it is for its user.
 */
final class Crowd {
  private final Contender contender;
  private final List<Key> calls;
  private final Ending[] endings;
  private final CountDownLatch ready;
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch done;

  /** Written before the release. */
  private long releasedNanos;

  /**
   * @param calls the id of each caller
   */
  Crowd(Contender contender, List<Key> calls) {
    this.contender = contender;
    this.calls = calls;
    this.endings = new Ending[calls.size()];
    this.ready = new CountDownLatch(calls.size());
    this.done = new CountDownLatch(calls.size());
  }

  /** How one call ended. */
  private sealed interface Ending {
    long endNanos();

    record Answered(long endNanos, Way way) implements Ending {}

    record Failed(long endNanos, Exception reason) implements Ending {}
  }

  /**
   * The result of a crowd.
   *
   * @param answered the calls that were answered before the limit, errors included
   * @param failure one of the errors among them, null if there was none
   * @param waited those that neither found the row in memory nor queried
   * @param nanos the times of the answered
   * @param counted the counts of the database at that time
   */
  record Report(
      int calls,
      int answered,
      @Nullable Exception failure,
      int waited,
      Histogram nanos,
      Counts counted) {
    boolean isCut() {
      return answered < calls;
    }
  }

  /**
   * Releases the callers and waits until all are answered. The source fails the calls that are not
   * answered within the limit, and these are not counted.
   *
   * @param counts read when all are answered or the limit has passed, before the source is cut off
   */
  Report run(CutOffSource source, Duration limit, Supplier<Counts> counts)
      throws InterruptedException {
    for (int i = 0; i < endings.length; i++) {
      int caller = i;
      Thread.ofVirtual().name("caller-", i).start(() -> call(caller));
    }
    ready.await();
    releasedNanos = System.nanoTime();
    release.countDown();
    boolean isDone = done.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    Counts counted = counts.get();
    if (!isDone) {
      source.cutOff();
      done.await();
    }
    return report(limit.toNanos(), counted);
  }

  private void call(int caller) {
    ready.countDown();
    try {
      release.await();
      Answer answer = contender.get(calls.get(caller));
      long end = System.nanoTime();
      if (!answer.row().id().equals(calls.get(caller))) {
        throw new IllegalStateException("a row of another id: " + answer.row().id());
      }
      endings[caller] = new Ending.Answered(end, answer.way());
    } catch (SourceException | InterruptedException | RuntimeException e) {
      endings[caller] = new Ending.Failed(System.nanoTime(), e);
    } finally {
      done.countDown();
    }
  }

  private Report report(long limitNanos, Counts counted) {
    Histogram nanos = new Histogram(3);
    Exception failure = null;
    int answered = 0;
    int waited = 0;
    for (Ending ending : endings) {
      long took = ending.endNanos() - releasedNanos;
      if (took >= limitNanos) {
        continue;
      }
      answered++;
      nanos.recordValue(Math.max(0, took));
      switch (ending) {
        case Ending.Answered(long _, Way way) -> waited += way == Way.WAITED ? 1 : 0;
        case Ending.Failed(long _, Exception reason) -> failure = reason;
      }
    }
    return new Report(calls.size(), answered, failure, waited, nanos, counted);
  }
}
