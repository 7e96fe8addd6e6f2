package io.loadonce.server.changes;

import io.loadonce.db.feed.Change;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.LoadOnce;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Answers what the database says by forgetting. What names a row costs that row; what names the
 * table, everything; another table, nothing. What cannot be understood may mean any row, so it
 * costs everything as well; but since anybody may send such a thing, that happens at once only the
 * first time in a second, and a second time when that second is over, however many came.
 *
 * <p>For one thread, except for the counters. Never blocks.
 */
final class ChangeApplier {

  static final Duration BETWEEN_UNREADABLE = Duration.ofSeconds(1);

  private final LoadOnce<Key, ?> loadOnce;
  private final LongSupplier nanoClock;
  private final Map<ChangeKind, LongAdder> counts = new EnumMap<>(ChangeKind.class);
  private final RateLimitedLog lines;

  /** Something that could not be understood has not been answered yet. */
  private boolean flushIsPending;

  /** When it may be. */
  private long flushDueNanos;

  ChangeApplier(LoadOnce<Key, ?> loadOnce, LongSupplier nanoClock) {
    this.loadOnce = loadOnce;
    this.nanoClock = nanoClock;
    this.lines = new RateLimitedLog(nanoClock);
    this.flushDueNanos = nanoClock.getAsLong();
    for (ChangeKind kind : ChangeKind.values()) {
      counts.put(kind, new LongAdder());
    }
  }

  /**
   * Takes what came at a time; whatever is to be forgotten is when it returns, and is counted then,
   * but for what is put off.
   */
  void accept(List<Change> changes) {
    Set<Key> ids = new HashSet<>();
    boolean isEverything = false;
    for (Change change : changes) {
      switch (change) {
        case Change.Row(Key id) -> ids.add(id);
        case Change.Everything _ -> isEverything = true;
        case Change.Unreadable _ -> {
          flushIsPending = true;
          lines.warn("a notification cannot be understood; everything is forgotten, to be safe");
        }
        case Change.Elsewhere _, Change.Heartbeat _ -> {}
      }
    }
    if (isEverything) {
      loadOnce.invalidateAll();
      flushIsPending = false;
    } else {
      ids.forEach(loadOnce::invalidate);
    }
    flushIfDue();
    changes.forEach(this::count);
  }

  /** For how long to wait for more, in view of what is still to be done here. */
  Duration pollTimeout(long mostNanos) {
    long untilFlushNanos = flushIsPending ? flushDueNanos - nanoClock.getAsLong() : mostNanos;
    return Duration.ofNanos(Math.max(0, Math.min(mostNanos, untilFlushNanos)));
  }

  /** How many of these came. For any thread. */
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
          case Change.Heartbeat _ -> null;
        };
    if (kind != null) {
      Objects.requireNonNull(counts.get(kind)).increment();
    }
  }

  private void flushIfDue() {
    long nowNanos = nanoClock.getAsLong();
    if (flushIsPending && nowNanos - flushDueNanos >= 0) {
      loadOnce.invalidateAll();
      flushIsPending = false;
      flushDueNanos = nowNanos + BETWEEN_UNREADABLE.toNanos();
    }
  }
}
