package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import io.loadonce.db.ResourceId;
import io.loadonce.server.request.EncodedResource;

/** Caffeine's own {@code get(key, loader)}. */
final class CaffeineWay implements Way {

  private final Cache<ResourceId, EncodedResource> memory = Memory.create();
  private final InstantSource source;

  CaffeineWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedResource get(ResourceId id) {
    return memory.get(id, source::read);
  }

  @Override
  public void forget(ResourceId id) {
    memory.invalidate(id);
  }
}
