package io.loadonce.bench.contenders;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Delayed double delete: no lock, and each invalidation is repeated after a delay. */
public final class DoubleDelete implements Contender {
  private final NoLock rows;
  private final Duration delay;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * @param delay the time between the two deletes; zero for none
   */
  public DoubleDelete(Source<Key, Row> source, Duration delay) {
    this.rows = new NoLock(source);
    this.delay = delay;
  }

  @Override
  public Answer get(Key id) throws SourceException {
    return rows.get(id);
  }

  @Override
  public void invalidate(Key id) {
    rows.invalidate(id);
    var _ = later.schedule(() -> rows.invalidate(id), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    later.shutdownNow();
  }
}
