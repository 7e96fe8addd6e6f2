package io.loadonce.bench.ladder.rung;

import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A flag for each id, as articles set it in Redis: whoever sets it loads, the others sleep and look
 * again.
 */
public final class TryLockThenSleep implements Rung {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ConcurrentMap<ResourceId, Resource> memory = new ConcurrentHashMap<>();
  private final Set<ResourceId> locked = ConcurrentHashMap.newKeySet();
  private final RowLoader loader;

  public TryLockThenSleep(ResourceSource<ResourceId, Resource> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(ResourceId id) throws SourceException, InterruptedException {
    Way way = Way.MEMORY;
    while (true) {
      Resource hit = memory.get(id);
      if (hit != null) {
        return new Answer(hit, way);
      }
      if (locked.add(id)) {
        return load(id);
      }
      way = Way.WAITED;
      Thread.sleep(PAUSE);
    }
  }

  @Override
  public void invalidate(ResourceId id) {
    memory.remove(id);
  }

  private Answer load(ResourceId id) throws SourceException {
    try {
      Resource row = loader.load(id);
      memory.put(id, row);
      return new Answer(row, Way.QUERIED);
    } finally {
      locked.remove(id);
    }
  }
}
