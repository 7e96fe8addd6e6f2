package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;

/**
 * One configured query, with its cache and its engine.
 *
 * @param settings its name, its query and its key
 * @param cache the entries of this lookup
 * @param engine answers from that cache and loads what is not in it
 */
public record Lookup(
    LookupSettings settings,
    MemoryCache<Key, EncodedRow> cache,
    LoadOnce<Key, EncodedRow> engine) {}
