package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Segmented lock for cache and database synchronisation, as the Java article does it: a read/write
 * lock for each id in a concurrent map; the read lock to look, the write lock to look again and
 * load, and the lock is removed from the map when it is released.
 *
 * <pre>
 *   1  A holds the write lock of id and loads; B waits for it
 *   2  A ends and no row is cached: its load failed, or the id was invalidated
 *   3  A removes the lock from the map and releases it; B now holds it, and loads
 *   4  C finds no lock in the map, makes another, holds it at once, and loads beside B
 * </pre>
 *
 * Only the writer removes the lock here: if the reader removed it as well, 4 would happen without
 * 2.
 */
public final class LockPerId implements Contender {
  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, ReadWriteLock> locks = new ConcurrentHashMap<>();
  private final RowLoader loader;

  public LockPerId(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    ReadWriteLock lock = locks.computeIfAbsent(id, _ -> new ReentrantReadWriteLock());
    Way way = Way.MEMORY;
    if (!lock.readLock().tryLock()) {
      way = Way.WAITED;
      lock.readLock().lockInterruptibly();
    }
    try {
      Row hit = memory.get(id);
      if (hit != null) {
        return new Answer(hit, way);
      }
    } finally {
      lock.readLock().unlock();
    }
    return load(id, lock);
  }

  @Override
  public void invalidate(Key id) {
    memory.remove(id);
  }

  private Answer load(Key id, ReadWriteLock lock) throws SourceException, InterruptedException {
    lock.writeLock().lockInterruptibly();
    try {
      Row second = memory.get(id);
      if (second != null) {
        return new Answer(second, Way.WAITED);
      }
      Row row = loader.load(id);
      memory.put(id, row);
      return new Answer(row, Way.QUERIED);
    } finally {
      locks.remove(id);
      lock.writeLock().unlock();
    }
  }
}
