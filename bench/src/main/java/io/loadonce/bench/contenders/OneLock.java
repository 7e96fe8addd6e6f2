package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** One lock round every load, and no second look: the queries are as many, one after the other. */
public final class OneLock implements Contender {
  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final RowLoader loader;

  public OneLock(Source<Key, Row> source) {
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
