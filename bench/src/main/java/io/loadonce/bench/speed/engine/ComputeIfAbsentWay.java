package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The map of the JDK, which has no bound: forgetful only when it is told to be. */
final class ComputeIfAbsentWay implements Way {

  private final ConcurrentMap<Key, EncodedRow> memory = new ConcurrentHashMap<>();
  private final InstantSource source;

  ComputeIfAbsentWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedRow get(Key id) {
    return memory.computeIfAbsent(id, source::read);
  }

  @Override
  public void forget(Key id) {
    memory.remove(id);
  }
}
