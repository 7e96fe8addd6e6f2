package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.FirstStage;
import io.loadonce.server.load.LoadObserver;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lookups of one database and what they share: the places for waiting callers, the loaders and
 * the availability of the database. Safe for use by many threads.
 */
public final class Lookups {

  private final List<Lookup> all;
  private final Map<String, Lookup> byName;

  /** For a request that names no lookup: the one called default, or the only one. */
  private final @Nullable Lookup unnamed;

  private final Shared shared;
  private final SlowLoadLog slowLoads;

  /** Lookups of an instance that shares nothing with others. */
  public Lookups(
      List<LookupConfig> configs,
      Function<LookupSettings, ? extends Source<Key, EncodedRow>> sources,
      Shared shared,
      LockSettings lockSettings,
      LongSupplier nanoClock) {
    this(configs, sources, shared, lockSettings, nanoClock, /* firstStages= */ null);
  }

  /**
   * @param configs at least one, each with a name of its own
   * @param sources the rows of a lookup
   * @param nanoClock monotonic, in nanoseconds
   * @param firstStages the stage before the queue of a lookup, whose times may change; null for
   *     none
   */
  public Lookups(
      List<LookupConfig> configs,
      Function<LookupSettings, ? extends Source<Key, EncodedRow>> sources,
      Shared shared,
      LockSettings lockSettings,
      LongSupplier nanoClock,
      @Nullable BiFunction<LookupSettings, Supplier<CacheSettings>, FirstStage<Key, EncodedRow>>
          firstStages) {
    SlowLoadLog slow = new SlowLoadLog(nanoClock);
    List<Lookup> made = new ArrayList<>();
    for (LookupConfig config : configs) {
      MemoryCache<Key, EncodedRow> cache =
          new MemoryCache<>(config.cache(), Key::memoryBytes, EncodedRow::sizeBytes);
      Source<Key, EncodedRow> source = sources.apply(config.settings());
      LoadOnce<Key, EncodedRow> engine =
          new LoadOnce<>(
              cache,
              config.load(),
              lockSettings,
              source,
              shared,
              nanoClock,
              firstStages == null ? null : firstStages.apply(config.settings(), cache::settings));
      engine.statistics().onLoad(load -> slow.ended(config.settings().name(), load));
      made.add(new Lookup(config, cache, engine));
    }
    this.slowLoads = slow;
    this.all = List.copyOf(made);
    this.byName = new HashMap<>();
    for (Lookup lookup : all) {
      byName.put(lookup.settings().name(), lookup);
    }
    Lookup only = all.size() == 1 ? all.getFirst() : null;
    this.unnamed = byName.getOrDefault(LookupSettings.DEFAULT_NAME, only);
    this.shared = shared;
  }

  /** In the order of their settings. */
  public List<Lookup> all() {
    return all;
  }

  /**
   * Returns the lookup of a request, or null if there is no such lookup. Never blocks.
   *
   * @param name empty for the lookup called {@code default}, or the only one
   */
  public @Nullable Lookup find(String name) {
    return name.isEmpty() ? unnamed : byName.get(name);
  }

  /**
   * Replaces the settings that can change while the service runs. Blocks while it goes through the
   * cached entries. To be called by one thread at a time.
   *
   * @param changed of each lookup, by its name
   */
  public void use(List<LookupConfig> changed) {
    for (LookupConfig config : changed) {
      Lookup lookup = byName.get(config.settings().name());
      if (lookup != null) {
        lookup.use(config);
      }
    }
  }

  /** Sets from which time on a load is a line of the log; zero for none, as it is at first. */
  public void logLoadsFrom(Duration time) {
    slowLoads.use(time);
  }

  /** Sets what sees the calls that wait in each lookup, and its queries. */
  public void observe(Function<Lookup, LoadObserver> observers) {
    all.forEach(each -> each.engine().statistics().observe(observers.apply(each)));
  }

  /** What all lookups share, for the metrics and the health of the process. */
  public Shared shared() {
    return shared;
  }

  /** The number of loads under way; a snapshot. Zero when idle. */
  public int flights() {
    return all.stream().mapToInt(lookup -> lookup.engine().flights()).sum();
  }
}
