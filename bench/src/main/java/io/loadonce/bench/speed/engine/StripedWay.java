package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.google.common.util.concurrent.Striped;
import io.loadonce.db.ResourceId;
import io.loadonce.server.request.EncodedResource;
import java.util.concurrent.locks.Lock;

/** Guava's Striped, with a second look under the lock; as many stripes as we have segments. */
final class StripedWay implements Way {

  private static final int STRIPES = 256;

  private final Cache<ResourceId, EncodedResource> memory = Memory.create();
  private final Striped<Lock> locks = Striped.lock(STRIPES);
  private final InstantSource source;

  StripedWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedResource get(ResourceId id) {
    EncodedResource hit = memory.getIfPresent(id);
    if (hit != null) {
      return hit;
    }
    Lock lock = locks.get(id);
    lock.lock();
    try {
      EncodedResource second = memory.getIfPresent(id);
      if (second != null) {
        return second;
      }
      EncodedResource loaded = source.read(id);
      memory.put(id, loaded);
      return loaded;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forget(ResourceId id) {
    memory.invalidate(id);
  }
}
