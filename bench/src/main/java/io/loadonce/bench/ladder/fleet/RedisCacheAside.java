package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Cache-aside with Redis and without a lock. The key may be deleted a second time, later. */
final class RedisCacheAside implements Rung {
  private final RedisRows rows;
  private final Duration deleteAgainAfter;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * @param deleteAgainAfter zero for never
   */
  RedisCacheAside(RedisRows rows, Duration deleteAgainAfter) {
    this.rows = rows;
    this.deleteAgainAfter = deleteAgainAfter;
  }

  @Override
  public long version(Key id) throws SourceException {
    Long hit = rows.cached(id);
    return hit == null ? rows.load(id) : hit;
  }

  @Override
  public void invalidate(Key id) {
    rows.remove(id);
    if (!deleteAgainAfter.isZero()) {
      var _ =
          later.schedule(() -> rows.remove(id), deleteAgainAfter.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    later.shutdownNow();
  }
}
