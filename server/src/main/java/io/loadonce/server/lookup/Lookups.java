package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The lookups of one database and what they share: the places for waiting callers, the loaders, the
 * availability of the database, and the memory for entries, of which each gets an equal part. Safe
 * for use by many threads.
 */
public final class Lookups {

  /** What a key takes in memory apart from its characters; an estimate, for the budget. */
  private static final int KEY_OVERHEAD_BYTES = 56;

  private final List<Lookup> all;
  private final Shared shared;

  /**
   * @param lookups the settings of each lookup, at least one
   * @param sources the rows of a lookup
   * @param cacheSettings with the memory for all lookups together
   * @param nanoClock monotonic, in nanoseconds
   */
  public Lookups(
      List<LookupSettings> lookups,
      Function<LookupSettings, ? extends Source<Key, EncodedRow>> sources,
      Shared shared,
      CacheSettings cacheSettings,
      LoadSettings loadSettings,
      LockSettings lockSettings,
      LongSupplier nanoClock) {
    CacheSettings part = cacheSettings.partOf(lookups.size());
    List<Lookup> made = new ArrayList<>();
    for (LookupSettings settings : lookups) {
      MemoryCache<Key, EncodedRow> cache =
          new MemoryCache<>(
              part, id -> KEY_OVERHEAD_BYTES + id.text().length(), EncodedRow::sizeBytes);
      Source<Key, EncodedRow> source = sources.apply(settings);
      made.add(
          new Lookup(
              settings,
              cache,
              new LoadOnce<>(cache, loadSettings, lockSettings, source, shared, nanoClock)));
    }
    this.all = List.copyOf(made);
    this.shared = shared;
  }

  /** In the order of their settings. */
  public List<Lookup> all() {
    return all;
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

  /** The number of loads under way; a snapshot. Zero when idle. */
  public int flights() {
    return all.stream().mapToInt(lookup -> lookup.engine().flights()).sum();
  }
}
