package io.loadonce.bench.ladder.rung;

import com.google.common.util.concurrent.Striped;
import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;

/** Guava's Striped with double check: a fixed number of locks, which ids share by their hash. */
public final class StripedLock implements Rung {
  private static final int STRIPES = 64;

  private final ConcurrentMap<ResourceId, Resource> memory = new ConcurrentHashMap<>();
  private final Striped<Lock> locks = Striped.lock(STRIPES);
  private final RowLoader loader;

  public StripedLock(ResourceSource<ResourceId, Resource> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(ResourceId id) throws SourceException, InterruptedException {
    Resource hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    Lock lock = locks.get(id);
    lock.lockInterruptibly();
    try {
      Resource second = memory.get(id);
      if (second != null) {
        return new Answer(second, Way.WAITED);
      }
      Resource row = loader.load(id);
      memory.put(id, row);
      return new Answer(row, Way.QUERIED);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void invalidate(ResourceId id) {
    memory.remove(id);
  }
}
