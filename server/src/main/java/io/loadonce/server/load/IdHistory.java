package io.loadonce.server.load;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Why an id is not in the cache, and why its last lookup was a miss. Kept for about as many ids as
 * there are {@link #SLOTS}, by their hash: a newer id may take the place of an older one. Safe for
 * use by many threads; never blocks.
 */
public final class IdHistory {

  /** How many ids it can remember; a power of two. */
  static final int SLOTS = 8192;

  /** Why an entry left the cache, or was not put into it. */
  public enum Removal {
    /** A caller called Invalidate. */
    INVALIDATED_BY_CALLER,
    /** The database reported that the row has changed. */
    INVALIDATED_BY_CHANGE,
    /** A comparison with the database has found that the row is stale. */
    INVALIDATED_BY_AUDIT,
    /** The memory budget was full. */
    EVICTED
  }

  /** Why a lookup was a miss. */
  public enum Miss {
    /** No reason is known: it was not cached, or that was too long ago. */
    NOT_CACHED_BEFORE,
    INVALIDATED_BY_CALLER,
    INVALIDATED_BY_CHANGE,
    INVALIDATED_BY_AUDIT,
    EVICTED,
    EXPIRED,
    /** The entry was fresh, and older than the caller accepted. */
    TOO_OLD_FOR_CALLER,
    /** The entry was fresh, and its version lower than the caller needed. */
    VERSION_TOO_LOW,
    /** The change feed had been disconnected for too long. */
    DISCONNECTED
  }

  /**
   * A miss.
   *
   * @param atNanos when, on the clock of the engine
   * @param causeNanos when the entry had left the cache or had expired; null if there was no such
   *     moment
   */
  public record Missed(int hash, Miss why, long atNanos, @Nullable Long causeNanos) {}

  private record Removed(int hash, Removal why, long atNanos) {}

  private final LongSupplier nanoClock;
  private final AtomicReferenceArray<@Nullable Removed> removals =
      new AtomicReferenceArray<>(SLOTS);
  private final AtomicReferenceArray<@Nullable Missed> misses = new AtomicReferenceArray<>(SLOTS);

  /** The last removal of everything, which has no hash. */
  private volatile @Nullable Removed allRemoved;

  IdHistory(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void removed(Object id, Removal why) {
    int hash = id.hashCode();
    removals.setRelease(slot(hash), new Removed(hash, why, nanoClock.getAsLong()));
  }

  void removedAll(Removal why) {
    allRemoved = new Removed(0, why, nanoClock.getAsLong());
  }

  void missed(Object id, Miss why, long nowNanos, @Nullable Long causeNanos) {
    int hash = id.hashCode();
    misses.setRelease(slot(hash), new Missed(hash, why, nowNanos, causeNanos));
  }

  /** Records a miss of an id that has no entry, with what is known about its removal. */
  Miss missedWithoutEntry(Object id, long nowNanos) {
    Removed last = lastRemoval(id.hashCode());
    Miss why =
        last == null
            ? Miss.NOT_CACHED_BEFORE
            : switch (last.why) {
              case INVALIDATED_BY_CALLER -> Miss.INVALIDATED_BY_CALLER;
              case INVALIDATED_BY_CHANGE -> Miss.INVALIDATED_BY_CHANGE;
              case INVALIDATED_BY_AUDIT -> Miss.INVALIDATED_BY_AUDIT;
              case EVICTED -> Miss.EVICTED;
            };
    missed(id, why, nowNanos, last == null ? null : last.atNanos);
    return why;
  }

  /** Returns why the last lookup of an id that was a miss was one; null if that is not known. */
  public @Nullable Missed lastMiss(Object id) {
    int hash = id.hashCode();
    Missed last = misses.getAcquire(slot(hash));
    return last != null && last.hash == hash ? last : null;
  }

  private @Nullable Removed lastRemoval(int hash) {
    Removed own = removals.getAcquire(slot(hash));
    Removed all = allRemoved;
    if (own == null || own.hash != hash) {
      return all;
    }
    return all != null && all.atNanos - own.atNanos >= 0 ? all : own;
  }

  private static int slot(int hash) {
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
