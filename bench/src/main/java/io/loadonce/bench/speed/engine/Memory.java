package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.db.ResourceId;
import io.loadonce.server.request.EncodedResource;

/** What the other ways keep their values in: bounded by weight, as ours is. */
final class Memory {

  /** How many rows each way keeps. */
  static final int MAX_ROWS = 100_000;

  private Memory() {}

  static Cache<ResourceId, EncodedResource> create() {
    return Caffeine.newBuilder()
        .maximumWeight((long) MAX_ROWS * InstantSource.VALUE_BYTES)
        .weigher((ResourceId _, EncodedResource value) -> value.sizeBytes())
        .build();
  }
}
