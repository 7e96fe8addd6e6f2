package io.loadonce.bench.ladder.rung;

import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Delayed double delete: no lock, and each invalidation is repeated after a delay. */
public final class DoubleDelete implements Rung {
  private final NoLock rows;
  private final Duration delay;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * @param delay how long after the first delete the second comes; zero for at once
   */
  public DoubleDelete(ResourceSource<ResourceId, Resource> source, Duration delay) {
    this.rows = new NoLock(source);
    this.delay = delay;
  }

  @Override
  public Answer get(ResourceId id) throws SourceException {
    return rows.get(id);
  }

  @Override
  public void invalidate(ResourceId id) {
    rows.invalidate(id);
    var _ = later.schedule(() -> rows.invalidate(id), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    later.shutdownNow();
  }
}
