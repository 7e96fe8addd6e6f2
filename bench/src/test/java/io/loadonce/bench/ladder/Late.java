package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.Ours;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Ours, on a machine that is too slow for the first plays of a scene. */
final class Late implements Contender {
  private static final long STALL_NANOS = Duration.ofMillis(300).toNanos();

  private final Ours ours;
  private final boolean isLate;

  private Late(Source<Key, Row> source, boolean isLate) {
    this.ours = new Ours(source);
    this.isLate = isLate;
  }

  /**
   * @param plays how many plays are late
   */
  static Step step(int plays) {
    AtomicInteger left = new AtomicInteger(plays);
    return Step.herd("late", source -> new Late(source, left.getAndDecrement() > 0));
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    return ours.get(id);
  }

  @Override
  public void invalidate(Key id) {
    ours.invalidate(id);
    long endNanos = System.nanoTime() + STALL_NANOS;
    while (isLate && System.nanoTime() - endNanos < 0) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    ours.close();
  }
}
