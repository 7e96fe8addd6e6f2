package io.loadonce.server.lookup;

import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadSettings;

/**
 * One lookup as it is configured. Immutable.
 *
 * @param query its name, its query and its key
 * @param cache how long its entries are fresh, and the memory for them alone
 * @param load when its rows are refreshed or served as stale
 */
public record LookupConfig(LookupSettings query, CacheSettings cache, LoadSettings load) {}
