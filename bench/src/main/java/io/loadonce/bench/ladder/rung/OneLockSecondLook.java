package io.loadonce.bench.ladder.rung;

import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Double check: one lock round every load, and a second look inside it. Ids wait for each other.
 */
public final class OneLockSecondLook implements Rung {
  private final ConcurrentMap<ResourceId, Resource> memory = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final RowLoader loader;

  public OneLockSecondLook(ResourceSource<ResourceId, Resource> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(ResourceId id) throws SourceException, InterruptedException {
    Resource hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
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
