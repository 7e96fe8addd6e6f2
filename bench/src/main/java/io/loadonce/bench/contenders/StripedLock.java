package io.loadonce.bench.contenders;

import com.google.common.util.concurrent.Striped;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;

/** Guava's Striped with double check: a fixed number of locks, which ids share by their hash. */
public final class StripedLock implements Contender {
  private static final int STRIPES = 64;

  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final Striped<Lock> locks = Striped.lock(STRIPES);
  private final RowLoader loader;

  public StripedLock(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    Row hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    Lock lock = locks.get(id);
    lock.lockInterruptibly();
    try {
      Row second = memory.get(id);
      if (second != null) {
        return new Answer(second, Way.WAITED);
      }
      Row row = loader.load(id);
      memory.put(id, row);
      return new Answer(row, Way.QUERIED);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void invalidate(Key id) {
    memory.remove(id);
  }
}
