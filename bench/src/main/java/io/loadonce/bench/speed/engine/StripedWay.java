package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.google.common.util.concurrent.Striped;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;
import java.util.concurrent.locks.Lock;

/** Guava's Striped, with a second look under the lock; as many stripes as we have segments. */
final class StripedWay implements Way {

  private static final int STRIPES = 256;

  private final Cache<Key, EncodedRow> memory = Memory.create();
  private final Striped<Lock> locks = Striped.lock(STRIPES);
  private final InstantSource source;

  StripedWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedRow get(Key id) {
    EncodedRow hit = memory.getIfPresent(id);
    if (hit != null) {
      return hit;
    }
    Lock lock = locks.get(id);
    lock.lock();
    try {
      EncodedRow second = memory.getIfPresent(id);
      if (second != null) {
        return second;
      }
      EncodedRow loaded = source.read(id);
      memory.put(id, loaded);
      return loaded;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forget(Key id) {
    memory.invalidate(id);
  }
}
