package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import io.loadonce.db.ResourceId;
import io.loadonce.server.request.EncodedResource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A plain single-flight: a map of loads under way, which the loading thread completes. */
final class SingleFlightWay implements Way {

  private final Cache<ResourceId, EncodedResource> memory = Memory.create();
  private final ConcurrentMap<ResourceId, CompletableFuture<EncodedResource>> flights =
      new ConcurrentHashMap<>();
  private final InstantSource source;

  SingleFlightWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedResource get(ResourceId id) {
    EncodedResource hit = memory.getIfPresent(id);
    if (hit != null) {
      return hit;
    }
    CompletableFuture<EncodedResource> mine = new CompletableFuture<>();
    CompletableFuture<EncodedResource> first = flights.putIfAbsent(id, mine);
    if (first != null) {
      return first.join();
    }
    EncodedResource loaded = source.read(id);
    memory.put(id, loaded);
    flights.remove(id, mine);
    mine.complete(loaded);
    return loaded;
  }

  @Override
  public void forget(ResourceId id) {
    memory.invalidate(id);
  }
}
