package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A flag for each id, as articles set it in Redis: the caller that sets it loads the row, and the
 * others sleep and look into the cache again.
 */
public final class TryLockThenSleep implements Contender {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final Set<Key> locked = ConcurrentHashMap.newKeySet();
  private final RowLoader loader;

  public TryLockThenSleep(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    Way way = Way.MEMORY;
    while (true) {
      Row hit = memory.get(id);
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
  public void invalidate(Key id) {
    memory.remove(id);
  }

  private Answer load(Key id) throws SourceException {
    try {
      Row row = loader.load(id);
      memory.put(id, row);
      return new Answer(row, Way.QUERIED);
    } finally {
      locked.remove(id);
    }
  }
}
