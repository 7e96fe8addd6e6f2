package io.loadonce.server.changes;

import io.loadonce.db.feed.Change;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Applies the changes that a feed reports to the caches of the lookups. A changed row invalidates
 * its id, a change of a whole table everything of the lookups that watch it, and a change of
 * another table nothing.
 *
 * <p>A notification that cannot be read may mean any row, so it invalidates everything. Since any
 * user of the database can send one, they empty all caches at most once a second: the first at
 * once, and all that follow within a second together at its end.
 *
 * <p>For one thread, except for the counters. Never blocks.
 */
final class ChangeApplier {

  static final Duration BETWEEN_UNREADABLE = Duration.ofSeconds(1);

  private final Map<String, LoadOnce<Key, ?>> engines;
  private final FeedObserver observer;
  private final Removal cause;
  private final LongSupplier nanoClock;
  private final Map<ChangeKind, LongAdder> counts = new EnumMap<>(ChangeKind.class);
  private final RateLimitedLog limitedLog;

  /** Whether a notification that could not be read still has to empty the cache. */
  private boolean flushIsPending;

  /** The earliest time of that. */
  private long flushDueNanos;

  /**
   * @param engines by the names of their lookups
   * @param observer is told before a cache is touched
   * @param cause why an entry is removed
   */
  ChangeApplier(
      Map<String, LoadOnce<Key, ?>> engines,
      FeedObserver observer,
      Removal cause,
      LongSupplier nanoClock) {
    this.engines = Map.copyOf(engines);
    this.observer = observer;
    this.cause = cause;
    this.nanoClock = nanoClock;
    this.limitedLog = new RateLimitedLog(LoggerFactory.getLogger(ChangeApplier.class), nanoClock);
    this.flushDueNanos = nanoClock.getAsLong();
    for (ChangeKind kind : ChangeKind.values()) {
      counts.put(kind, new LongAdder());
    }
  }

  /**
   * Applies changes that arrived together. When it returns, they are invalidated and counted,
   * except for an emptying of the cache that is due later.
   */
  void accept(List<Change> changes) {
    Map<String, Set<Key>> ids = new HashMap<>();
    Set<String> all = new HashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Row(String lookup, Key id) ->
            ids.computeIfAbsent(lookup, _ -> new HashSet<>()).add(id);
        case Change.Everything(String lookup) -> all.add(lookup);
        case Change.Unreadable _ -> {
          flushIsPending = true;
          limitedLog.warn(
              "a notification of the database cannot be read and may mean any row; the cache is"
                  + " emptied");
        }
        case Change.Elsewhere _, Change.Unreported _, Change.Heartbeat _ -> {}
      }
    }
    all.forEach(this::invalidateAll);
    ids.keySet().removeAll(all);
    ids.forEach(
        (lookup, changed) -> {
          observer.changed(lookup, changed);
          changed.forEach(id -> engine(lookup).invalidate(id, cause));
        });
    flushIfDue();
    changes.forEach(this::count);
  }

  /** Returns how long the listener may wait for changes before it must call {@link #accept}. */
  Duration pollTimeout(long mostNanos) {
    long untilFlushNanos = flushIsPending ? flushDueNanos - nanoClock.getAsLong() : mostNanos;
    return Duration.ofNanos(Math.max(0, Math.min(mostNanos, untilFlushNanos)));
  }

  /** Returns how many notifications of this kind were applied. For any thread. */
  long count(ChangeKind kind) {
    return Objects.requireNonNull(counts.get(kind)).sum();
  }

  private void count(Change change) {
    ChangeKind kind =
        switch (change) {
          case Change.Row _ -> ChangeKind.ROW;
          case Change.Everything _ -> ChangeKind.ALL;
          case Change.Elsewhere _ -> ChangeKind.FOREIGN;
          case Change.Unreadable _ -> ChangeKind.MALFORMED;
          case Change.Unreported _, Change.Heartbeat _ -> null;
        };
    if (kind != null) {
      Objects.requireNonNull(counts.get(kind)).increment();
    }
  }

  private void flushIfDue() {
    long nowNanos = nanoClock.getAsLong();
    if (flushIsPending && nowNanos - flushDueNanos >= 0) {
      engines.keySet().forEach(this::invalidateAll);
      flushIsPending = false;
      flushDueNanos = nowNanos + BETWEEN_UNREADABLE.toNanos();
    }
  }

  private void invalidateAll(String lookup) {
    observer.allChanged(lookup);
    engine(lookup).invalidateAll(cause);
  }

  private LoadOnce<Key, ?> engine(String lookup) {
    return Objects.requireNonNull(engines.get(lookup));
  }
}
