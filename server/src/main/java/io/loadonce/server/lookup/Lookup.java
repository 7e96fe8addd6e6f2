package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;

/**
 * Everything that belongs to one question to the database.
 *
 * @param name what callers, metrics and settings call it
 * @param keyType what an id may look like
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
