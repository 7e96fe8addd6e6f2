package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import java.time.Duration;

/**
 * One configured query, with its cache and its engine.
 *
 * @param config its query, and how long its entries are fresh
 * @param cache the entries of this lookup
 * @param engine answers from that cache and loads what is not in it
 */
public record Lookup(
    LookupConfig config, MemoryCache<Key, EncodedRow> cache, LoadOnce<Key, EncodedRow> engine) {

  /** Its name, its query and its key. */
  public LookupSettings settings() {
    return config.settings();
  }

  /** How long a row is fresh. */
  public Duration timeToLive() {
    return config.cache().timeToLive();
  }

  /** How long a "not found" is fresh. */
  public Duration negativeTimeToLive() {
    return config.cache().negativeTimeToLive();
  }
}
