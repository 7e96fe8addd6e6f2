package io.loadonce.server.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.loadonce.server.cache.Entry.NotFound;
import io.loadonce.server.cache.Entry.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The cached rows and the cached "not found" answers, each with a memory budget of its own. Expiry
 * is decided by the callers of this class, by their clock, and not by Caffeine: an expired entry
 * stays until it is replaced or evicted, so that it can still be served as stale when the database
 * cannot be reached.
 *
 * <p>Guarantee: an id has a row or a "not found" and never both, if fills and removals of that id
 * are serialized, as the mutex of the lock does. Non-guarantee: that an entry which was just filled
 * is there on the next look; when a budget is full, Caffeine may evict it before the others.
 *
 * <p>No method blocks for long. No parameter may be null. This class is safe for use by many
 * threads.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public final class MemoryCache<K, V> {

  /**
   * The memory that an entry takes beside the bytes of its key and its value; the bench measures
   * it.
   */
  public static final int ENTRY_OVERHEAD_BYTES = 224;

  /**
   * The thread that reads or writes also evicts what exceeds the budgets: to wake another thread
   * for that takes longer than the eviction.
   */
  private static final Executor KEEPER = Runnable::run;

  /** Only fills and refills read it: a hit compares the times that stand in its entry. */
  private volatile CacheSettings settings;

  private final Cache<K, Row<V>> rows;
  private final Cache<K, NotFound<V>> absent;
  private final LongAdder evictions = new LongAdder();
  private volatile Consumer<? super K> evictionListener = _ -> {};

  /**
   * @param keyBytes the size of a key in bytes, at least 0
   * @param valueBytes the size of a value in bytes, at least 0
   */
  public MemoryCache(
      CacheSettings settings,
      ToIntFunction<? super K> keyBytes,
      ToIntFunction<? super V> valueBytes) {
    this.settings = settings;
    this.rows =
        Caffeine.newBuilder()
            .executor(KEEPER)
            .evictionListener((@Nullable K id, @Nullable Row<V> _, RemovalCause _) -> evicted(id))
            .maximumWeight(settings.maxBytes())
            .weigher(
                (K key, Row<V> row) ->
                    ENTRY_OVERHEAD_BYTES
                        + keyBytes.applyAsInt(key)
                        + valueBytes.applyAsInt(row.value()))
            .build();
    this.absent =
        Caffeine.newBuilder()
            .executor(KEEPER)
            .evictionListener(
                (@Nullable K id, @Nullable NotFound<V> _, RemovalCause _) -> evicted(id))
            .maximumWeight(settings.maxNegativeBytes())
            .weigher((K key, NotFound<V> none) -> ENTRY_OVERHEAD_BYTES + keyBytes.applyAsInt(key))
            .build();
  }

  /** Returns the entry of the id, fresh or expired, or null. */
  public @Nullable Entry<V> get(K id) {
    Row<V> row = rows.getIfPresent(id);
    return row != null ? row : absent.getIfPresent(id);
  }

  /** Like {@link #get}, but without effect on what is evicted next. */
  public @Nullable Entry<V> peek(K id) {
    Row<V> row = rows.policy().getIfPresentQuietly(id);
    return row != null ? row : absent.policy().getIfPresentQuietly(id);
  }

  /**
   * Caches a row.
   *
   * @param readNanos when the database was queried for it: its time to live begins then
   */
  public void fill(K id, V value, long version, long readNanos) {
    absent.invalidate(id);
    CacheSettings times;
    do {
      times = settings;
      rows.put(id, row(value, version, readNanos, times));
    } while (!times.equals(settings)); // use() may have passed this id before it was filled
  }

  /**
   * Replaces a cached row by a newer version and keeps its times. Does nothing if no row is cached,
   * or one that is as new: an id that was invalidated meanwhile stays invalidated.
   */
  public void raise(K id, V value, long version) {
    rows.asMap()
        .computeIfPresent(
            id,
            (_, kept) ->
                kept.version() >= version
                    ? kept
                    : new Row<>(
                        value,
                        version,
                        kept.readNanos(),
                        kept.refreshDueNanos(),
                        kept.freshUntilNanos()));
  }

  /** Caches that the database has no row for the id. */
  public void fillNotFound(K id, long readNanos) {
    rows.invalidate(id);
    CacheSettings times;
    do {
      times = settings;
      absent.put(id, notFound(readNanos, times));
    } while (!times.equals(settings));
  }

  /** Removes the entry of an id; returns whether there was one, fresh or expired. */
  public boolean remove(K id) {
    boolean wasRow = rows.asMap().remove(id) != null;
    boolean wasAbsent = absent.asMap().remove(id) != null;
    return wasRow || wasAbsent;
  }

  /** Delays the background refresh of a row, if one is cached. */
  public void postponeRefresh(K id, long untilNanos) {
    rows.asMap()
        .computeIfPresent(
            id,
            (_, row) ->
                new Row<>(
                    row.value(),
                    row.version(),
                    row.readNanos(),
                    untilNanos,
                    row.freshUntilNanos()));
  }

  /**
   * Returns the ids of random cached rows, fresh or expired, each with the same chance, in random
   * order. Goes through all rows; has no effect on what is evicted next.
   *
   * @param most how many ids at most; all if there are fewer rows
   */
  public List<K> sample(int most) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    List<K> sample = new ArrayList<>();
    long rowsSeen = 0;
    for (K id : rows.asMap().keySet()) {
      rowsSeen++;
      if (sample.size() < most) {
        sample.add(id);
        continue;
      }
      // The n-th row is one of the sample with the chance most / n, in the place of any other.
      long place = random.nextLong(rowsSeen);
      if (place < most) {
        sample.set((int) place, id);
      }
    }
    Collections.shuffle(sample, random);
    return sample;
  }

  /** Removes the entries of all ids for which this holds. Goes through all entries. */
  public void removeIf(Predicate<? super K> condition) {
    rows.asMap().keySet().removeIf(condition);
    absent.asMap().keySet().removeIf(condition);
  }

  /** Removes all entries; returns about how many there were. */
  public long removeAll() {
    long removed = rows.estimatedSize() + absent.estimatedSize();
    rows.invalidateAll();
    absent.invalidateAll();
    return removed;
  }

  /**
   * Sets what is called with the id of each entry that is evicted. It must not block and must not
   * call the cache.
   */
  public void onEviction(Consumer<? super K> listener) {
    evictionListener = listener;
  }

  /**
   * Replaces the times and the memory budgets. Entries that are fresh expire by the new times,
   * counted from when they were read; an entry that has expired stays expired. Blocks while it goes
   * through all entries; looks and fills go on meanwhile. To be called by one thread at a time.
   *
   * @param nanoClock the clock of the fills
   */
  public void use(CacheSettings changed, LongSupplier nanoClock) {
    if (changed.equals(settings)) {
      return;
    }
    settings = changed;
    limit(rows, changed.maxBytes());
    limit(absent, changed.maxNegativeBytes());
    for (K id : rows.asMap().keySet()) {
      rows.asMap()
          .computeIfPresent(
              id,
              (_, row) ->
                  row.isFresh(nanoClock.getAsLong())
                      ? row(row.value(), row.version(), row.readNanos(), changed)
                      : row);
    }
    for (K id : absent.asMap().keySet()) {
      absent
          .asMap()
          .computeIfPresent(
              id,
              (_, none) ->
                  none.isFresh(nanoClock.getAsLong()) ? notFound(none.readNanos(), changed) : none);
    }
  }

  /** Evicts at once what exceeds the budgets, so that a test or a measurement can count exactly. */
  public MemoryCache<K, V> settle() {
    rows.cleanUp();
    absent.cleanUp();
    return this;
  }

  /** How many rows are cached, fresh or expired; an estimate. */
  public long rows() {
    return rows.estimatedSize();
  }

  /** How many "not found" answers are cached, fresh or expired; an estimate. */
  public long negativeEntries() {
    return absent.estimatedSize();
  }

  /** How many entries were evicted since the start. */
  public long evictions() {
    return evictions.sum();
  }

  /** About how many bytes the rows take. Waits for the maintenance of the cache. */
  public long rowBytes() {
    return weight(rows);
  }

  /** About how many bytes the "not found" answers take. Waits as {@link #rowBytes} does. */
  public long negativeBytes() {
    return weight(absent);
  }

  /** How long entries are fresh, and their memory budgets. */
  public CacheSettings settings() {
    return settings;
  }

  private static long weight(Cache<?, ?> cache) {
    return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  private void evicted(@Nullable K id) {
    evictions.increment();
    if (id != null) {
      evictionListener.accept(id);
    }
  }

  private static void limit(Cache<?, ?> cache, long maxBytes) {
    cache.policy().eviction().orElseThrow().setMaximum(maxBytes);
  }

  private static <V> Row<V> row(V value, long version, long readNanos, CacheSettings times) {
    double share = share(times);
    long freshUntil = after(readNanos, times.timeToLive(), share);
    long softUntil = after(readNanos, times.refreshAfter(), share);
    return new Row<>(value, version, readNanos, Math.min(softUntil, freshUntil), freshUntil);
  }

  private static <V> NotFound<V> notFound(long readNanos, CacheSettings times) {
    return new NotFound<>(readNanos, after(readNanos, times.negativeTimeToLive(), share(times)));
  }

  private static double share(CacheSettings times) {
    return 1 - times.jitter() * ThreadLocalRandom.current().nextDouble();
  }

  private static long after(long readNanos, Duration timeToLive, double share) {
    return readNanos + (long) (timeToLive.toNanos() * share);
  }
}
