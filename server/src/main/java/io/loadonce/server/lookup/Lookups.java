package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The lookups of this process and what they share: the places for waiting callers, the loaders and
 * the availability of their database. Each gets an equal part of the memory for rows. Lookups are
 * added before the ports open; afterwards this is safe for use by many threads.
 */
public final class Lookups {

  /** The memory that a key takes beside its characters; an estimate, for the budget. */
  private static final int KEY_OVERHEAD_BYTES = 56;

  private final Shared shared;
  private final CacheSettings cacheSettings;
  private final LoadSettings loadSettings;
  private final LockSettings lockSettings;
  private final LongSupplier nanoClock;
  private final List<Lookup> all = new ArrayList<>();

  /**
   * @param connections how many queries may run at one time
   * @param nanoClock monotonic, in nanoseconds
   */
  public Lookups(
      int connections,
      Availability availability,
      CacheSettings cacheSettings,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      LongSupplier nanoClock) {
    this.shared =
        new Shared(
            new WaiterBudget(lockSettings.maxWaiters()), Loaders.of(connections), availability);
    this.cacheSettings = cacheSettings;
    this.loadSettings = loadSettings;
    this.lockSettings = lockSettings;
    this.nanoClock = nanoClock;
  }

  /** Adds a lookup over a source of the shared database. */
  public Lookup add(String name, KeyType keyType, Source<Key, EncodedRow> source) {
    MemoryCache<Key, EncodedRow> cache =
        new MemoryCache<>(
            cacheSettings, id -> KEY_OVERHEAD_BYTES + id.text().length(), EncodedRow::sizeBytes);
    LoadOnce<Key, EncodedRow> engine =
        new LoadOnce<>(cache, loadSettings, lockSettings, source, shared, nanoClock);
    Lookup lookup = new Lookup(name, keyType, cache, engine);
    all.add(lookup);
    return lookup;
  }

  /** In the order in which they were added. */
  public List<Lookup> all() {
    return List.copyOf(all);
  }

  /** What all lookups share, for the metrics and the health of the process. */
  public Shared shared() {
    return shared;
  }

  /** Sweeps every engine. To be called every few milliseconds, by one thread. */
  public void sweep() {
    for (Lookup lookup : all) {
      lookup.engine().sweep();
    }
  }

  /** How many loads are under way; a snapshot. Zero when idle. */
  public int flights() {
    return all.stream().mapToInt(lookup -> lookup.engine().flights()).sum();
  }
}
