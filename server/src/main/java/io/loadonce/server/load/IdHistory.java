package io.loadonce.server.load;

import java.util.concurrent.atomic.AtomicLong;
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
    /** Another instance has invalidated it, for a caller or after a comparison of its own. */
    INVALIDATED_BY_INSTANCE,
    /** The database reported that the row has changed. */
    INVALIDATED_BY_CHANGE,
    /** A comparison with the database has found that the row is stale. */
    INVALIDATED_BY_AUDIT,
    /** The change feed, or the channel of the other instances, may have missed changes before. */
    FEED_CONNECTED,
    /** The switch of the lookup excludes the id from the cache. */
    EXCLUDED_BY_SWITCH,
    /** The memory budget was full. */
    EVICTED
  }

  /** Why a lookup was a miss. */
  public enum Miss {
    /** No reason is known: it was not cached, or that was too long ago. */
    NOT_CACHED_BEFORE,
    INVALIDATED_BY_CALLER,
    INVALIDATED_BY_INSTANCE,
    INVALIDATED_BY_CHANGE,
    INVALIDATED_BY_AUDIT,
    FEED_CONNECTED,
    EXCLUDED_BY_SWITCH,
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
   * @param cause when the entry had left the cache or had expired; null if there was no such moment
   */
  public record Missed(int hash, Miss why, long atNanos, @Nullable Cause cause) {}

  /**
   * The moment to which a miss goes back.
   *
   * @param ofEverything whether all entries left the cache then; it is not known whether the id had
   *     one
   */
  public record Cause(long atNanos, boolean ofEverything) {}

  private record Removed(int hash, Removal why, Cause cause) {}

  /**
   * @param freshNanos for how long the entries would have been fresh at most
   * @param left how many of them no miss has been explained by so far; may fall below zero
   */
  private record AllRemoved(Removed removed, long freshNanos, AtomicLong left) {

    /** Whether it may be why an id is not cached; to be called once for each such miss. */
    boolean explains(long nowNanos) {
      return left(nowNanos) > 0 && left.getAndDecrement() > 0;
    }

    /** Of how many misses it may still be the reason. */
    long left(long nowNanos) {
      return nowNanos - removed.cause.atNanos < freshNanos ? Math.max(0, left.get()) : 0;
    }
  }

  private final LongSupplier nanoClock;
  private final AtomicReferenceArray<@Nullable Removed> removals =
      new AtomicReferenceArray<>(SLOTS);
  private final AtomicReferenceArray<@Nullable Missed> misses = new AtomicReferenceArray<>(SLOTS);

  /** The last removal of everything that removed something. */
  private volatile @Nullable AllRemoved allRemoved;

  IdHistory(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void removed(Object id, Removal why) {
    int hash = id.hashCode();
    Cause cause = new Cause(nanoClock.getAsLong(), /* ofEverything= */ false);
    removals.setRelease(slot(hash), new Removed(hash, why, cause));
  }

  /**
   * All entries have left the cache. It is not kept of which ids, so this is taken for the reason
   * of the next misses of ids without an entry: of as many as there were entries, for as long as
   * those would have been fresh. What is left of an earlier removal of everything is added.
   *
   * @param entries about how many there were, including those that loads under way do not leave
   */
  void removedAll(Removal why, long entries, long freshNanos) {
    if (entries > 0) {
      Cause cause = new Cause(nanoClock.getAsLong(), /* ofEverything= */ true);
      Removed removed = new Removed(/* hash= */ 0, why, cause);
      AllRemoved last = allRemoved;
      long more = last == null ? 0 : last.left(cause.atNanos);
      allRemoved = new AllRemoved(removed, freshNanos, new AtomicLong(entries + more));
    }
  }

  void missed(Object id, Miss why, long nowNanos, @Nullable Cause cause) {
    int hash = id.hashCode();
    misses.setRelease(slot(hash), new Missed(hash, why, nowNanos, cause));
  }

  /** Records a miss of an id that has no entry, with what is known about its removal. */
  Miss missedWithoutEntry(Object id, long nowNanos) {
    Removed last = lastRemoval(id.hashCode(), nowNanos);
    Miss why =
        last == null
            ? Miss.NOT_CACHED_BEFORE
            : switch (last.why) {
              case INVALIDATED_BY_CALLER -> Miss.INVALIDATED_BY_CALLER;
              case INVALIDATED_BY_INSTANCE -> Miss.INVALIDATED_BY_INSTANCE;
              case INVALIDATED_BY_CHANGE -> Miss.INVALIDATED_BY_CHANGE;
              case INVALIDATED_BY_AUDIT -> Miss.INVALIDATED_BY_AUDIT;
              case FEED_CONNECTED -> Miss.FEED_CONNECTED;
              case EXCLUDED_BY_SWITCH -> Miss.EXCLUDED_BY_SWITCH;
              case EVICTED -> Miss.EVICTED;
            };
    missed(id, why, nowNanos, last == null ? null : last.cause);
    return why;
  }

  /** Returns why the last lookup of an id that was a miss was one; null if that is not known. */
  public @Nullable Missed lastMiss(Object id) {
    int hash = id.hashCode();
    Missed last = misses.getAcquire(slot(hash));
    return last != null && last.hash == hash ? last : null;
  }

  private @Nullable Removed lastRemoval(int hash, long nowNanos) {
    Removed kept = removals.getAcquire(slot(hash));
    Removed own = kept != null && kept.hash == hash ? kept : null;
    AllRemoved all = allRemoved;
    if (all == null || (own != null && own.cause.atNanos - all.removed.cause.atNanos > 0)) {
      return own;
    }
    return all.explains(nowNanos) ? all.removed : own;
  }

  private static int slot(int hash) {
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
