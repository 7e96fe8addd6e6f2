package io.loadonce.server.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.server.cache.Entry.NotFound;
import io.loadonce.server.cache.Entry.Row;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows and absences, in memory, each bounded by bytes. An entry's age is judged here, by the clock
 * of the caller, and not by Caffeine: an entry that is too old stays until it is replaced or pushed
 * out, so that it can still be given, marked as stale, when the database cannot be asked.
 *
 * <p>Guarantee: an id is at most in one of the two budgets, if fills and removals of that id are
 * serialized, as the lock's mutex does. Non-guarantee: an entry that was just filled is there on
 * the next look; when memory is full, Caffeine may find it less worth keeping than the others.
 *
 * <p>Never blocks for long, takes no null, and is safe for use by many threads.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public final class MemoryCache<K, V> {

  /** What an entry costs beside the bytes of its key and its value; the bench measures it. */
  public static final int ENTRY_OVERHEAD_BYTES = 224;

  /**
   * Whoever reads or writes also keeps the budgets: to wake a thread for it takes longer than what
   * there is to do.
   */
  private static final Executor KEEPER = Runnable::run;

  private final CacheSettings settings;
  private final Cache<K, Row<V>> rows;
  private final Cache<K, NotFound<V>> absent;

  /**
   * @param keyBytes what a key costs, at least 0
   * @param valueBytes what a value costs, at least 0
   */
  public MemoryCache(
      CacheSettings settings,
      ToIntFunction<? super K> keyBytes,
      ToIntFunction<? super V> valueBytes) {
    this.settings = settings;
    this.rows =
        Caffeine.newBuilder()
            .executor(KEEPER)
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
            .maximumWeight(settings.maxNegativeBytes())
            .weigher((K key, NotFound<V> none) -> ENTRY_OVERHEAD_BYTES + keyBytes.applyAsInt(key))
            .build();
  }

  /** Returns what is known of the id, fresh or not, or null. */
  public @Nullable Entry<V> get(K id) {
    Row<V> row = rows.getIfPresent(id);
    return row != null ? row : absent.getIfPresent(id);
  }

  /**
   * Keeps a row.
   *
   * @param readNanos when the database was asked for it: its time to live counts from then
   */
  public void fill(K id, V value, long version, long readNanos) {
    absent.invalidate(id);
    double share = share();
    long freshUntil = after(readNanos, settings.timeToLive(), share);
    long softUntil = after(readNanos, settings.refreshAfter(), share);
    rows.put(id, new Row<>(value, version, readNanos, Math.min(softUntil, freshUntil), freshUntil));
  }

  /**
   * Puts a newer version in the place of a row, whose times it takes over. Does nothing if there is
   * no row, or one that is as new: what was removed meanwhile does not come back.
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

  /** Keeps that there is no row. */
  public void fillNotFound(K id, long readNanos) {
    rows.invalidate(id);
    long freshUntil = after(readNanos, settings.negativeTimeToLive(), share());
    absent.put(id, new NotFound<>(readNanos, freshUntil));
  }

  /** Forgets an id; returns whether anything, fresh or not, was known of it. */
  public boolean remove(K id) {
    boolean wasRow = rows.asMap().remove(id) != null;
    boolean wasAbsent = absent.asMap().remove(id) != null;
    return wasRow || wasAbsent;
  }

  /** Puts off the background refresh of a row, if there is one. */
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

  /** Forgets everything; returns about how many entries that were. */
  public long removeAll() {
    long removed = rows.estimatedSize() + absent.estimatedSize();
    rows.invalidateAll();
    absent.invalidateAll();
    return removed;
  }

  /** Does now what is due to keep the budgets, instead of a little later; for tests and reports. */
  public MemoryCache<K, V> settle() {
    rows.cleanUp();
    absent.cleanUp();
    return this;
  }

  /** How many rows are kept, fresh or not; an estimate. */
  public long rows() {
    return rows.estimatedSize();
  }

  /** How many absences are kept, fresh or not; an estimate. */
  public long negativeEntries() {
    return absent.estimatedSize();
  }

  private double share() {
    return 1 - settings.jitter() * ThreadLocalRandom.current().nextDouble();
  }

  private static long after(long readNanos, Duration timeToLive, double share) {
    return readNanos + (long) (timeToLive.toNanos() * share);
  }
}
