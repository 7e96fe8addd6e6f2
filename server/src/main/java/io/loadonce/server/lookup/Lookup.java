package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;

/**
 * One configured query, with its cache and its engine.
 *
 * @param name its name in calls, metrics and settings
 * @param keyType the form of an id
 * @param cache the entries of this lookup
 * @param engine answers from that cache and loads what is not in it
 */
public record Lookup(
    String name,
    KeyType keyType,
    MemoryCache<Key, EncodedRow> cache,
    LoadOnce<Key, EncodedRow> engine) {

  /** The lookup that the flags describe. */
  public static final String DEFAULT = "default";
}
