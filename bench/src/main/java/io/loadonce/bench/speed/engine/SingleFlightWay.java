package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A plain single-flight: a map of loads under way, which the loading thread completes. */
final class SingleFlightWay implements Way {

  private final Cache<Key, EncodedRow> memory = Memory.create();
  private final ConcurrentMap<Key, CompletableFuture<EncodedRow>> flights =
      new ConcurrentHashMap<>();
  private final InstantSource source;

  SingleFlightWay(InstantSource source) {
    this.source = source;
  }

  @Override
  public EncodedRow get(Key id) {
    EncodedRow hit = memory.getIfPresent(id);
    if (hit != null) {
      return hit;
    }
    CompletableFuture<EncodedRow> mine = new CompletableFuture<>();
    CompletableFuture<EncodedRow> first = flights.putIfAbsent(id, mine);
    if (first != null) {
      return first.join();
    }
    EncodedRow loaded = source.read(id);
    memory.put(id, loaded);
    flights.remove(id, mine);
    mine.complete(loaded);
    return loaded;
  }

  @Override
  public void forget(Key id) {
    memory.invalidate(id);
  }
}
