package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;

/** The caches of the other ways, bounded by weight as ours is. */
final class Memory {

  /** How many rows each way caches. */
  static final int MAX_ROWS = 100_000;

  private Memory() {}

  static Cache<Key, EncodedRow> create() {
    return bounded().build();
  }

  /** With the same time to live as ours, and with counters of hits and misses. */
  static Cache<Key, EncodedRow> createExpiring() {
    return bounded().expireAfterWrite(OursWay.TIME_TO_LIVE).recordStats().build();
  }

  private static Caffeine<Key, EncodedRow> bounded() {
    return Caffeine.newBuilder()
        .maximumWeight((long) MAX_ROWS * InstantSource.VALUE_BYTES)
        .weigher((Key _, EncodedRow value) -> value.sizeBytes());
  }
}
