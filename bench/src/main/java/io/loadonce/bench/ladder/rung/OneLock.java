package io.loadonce.bench.ladder.rung;

import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** One lock round every load, and no second look: the queries are as many, one after the other. */
public final class OneLock implements Rung {
  private final ConcurrentMap<ResourceId, Resource> memory = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final RowLoader loader;

  public OneLock(ResourceSource<ResourceId, Resource> source) {
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
