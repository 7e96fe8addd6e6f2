package io.loadonce.bench.ladder.rung;

import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Cache-aside as it is written first: look, and whoever finds nothing loads. */
public final class NoLock implements Rung {
  private final ConcurrentMap<ResourceId, Resource> memory = new ConcurrentHashMap<>();
  private final RowLoader loader;

  public NoLock(ResourceSource<ResourceId, Resource> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(ResourceId id) throws SourceException {
    Resource hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    Resource row = loader.load(id);
    memory.put(id, row);
    return new Answer(row, Way.QUERIED);
  }

  @Override
  public void invalidate(ResourceId id) {
    memory.remove(id);
  }
}
