package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Double check: one lock around every load, with a second look inside it. Loads of different ids
 * wait for each other.
 */
public final class OneLockSecondLook implements Contender {
  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final RowLoader loader;

  public OneLockSecondLook(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    Row hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
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
