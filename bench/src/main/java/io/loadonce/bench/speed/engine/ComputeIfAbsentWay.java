package io.loadonce.bench.speed.engine;

import io.loadonce.db.ResourceId;
import io.loadonce.server.request.EncodedResource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The map of the JDK, which has no bound: forgetful only when it is told to be. */
final class ComputeIfAbsentWay implements Way {

  private final ConcurrentMap<ResourceId, EncodedResource> memory = new ConcurrentHashMap<>();
  private final InstantSource source;

  ComputeIfAbsentWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedResource get(ResourceId id) {
    return memory.computeIfAbsent(id, source::read);
  }

  @Override
  public void forget(ResourceId id) {
    memory.remove(id);
  }
}
