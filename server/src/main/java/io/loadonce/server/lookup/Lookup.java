package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import java.time.Duration;

/**
 * One configured query, with its cache and its engine.
 *
 * @param config its query, and its settings at the start
 * @param cache the entries of this lookup
 * @param engine answers from that cache and loads what is not in it
 */
public record Lookup(
    LookupConfig config, MemoryCache<Key, EncodedRow> cache, LoadOnce<Key, EncodedRow> engine) {

  /** Its name, its query and its key. */
  public LookupSettings settings() {
    return config.settings();
  }

  /** Replaces the settings that can change while the service runs. */
  public void use(LookupConfig changed) {
    engine.use(changed.cache(), changed.load());
  }

  /** How long a row is fresh now. */
  public Duration timeToLive() {
    return cache.settings().timeToLive();
  }

  /** How long a "not found" is fresh now. */
  public Duration negativeTimeToLive() {
    return cache.settings().negativeTimeToLive();
  }
}
