package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;

/** Caffeine's own {@code get(key, loader)}. */
final class CaffeineWay implements Way {

  private final Cache<Key, EncodedRow> memory = Memory.create();
  private final InstantSource source;

  CaffeineWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedRow get(Key id) {
    return memory.get(id, source::read);
  }

  @Override
  public void forget(Key id) {
    memory.invalidate(id);
  }
}
