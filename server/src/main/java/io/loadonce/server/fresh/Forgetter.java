package io.loadonce.server.fresh;

import io.loadonce.db.Change;
import io.loadonce.db.ResourceId;
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
final class Forgetter {

  static final Duration BETWEEN_UNREADABLE = Duration.ofSeconds(1);

  private final LoadOnce<ResourceId, ?> loadOnce;
  private final LongSupplier nanoClock;
  private final Map<Notification, LongAdder> counts = new EnumMap<>(Notification.class);
  private final RareLine lines;

  /** Something that could not be understood has not been answered yet. */
  private boolean isPuzzled;

  /** When it may be. */
  private long answerDueNanos;

  Forgetter(LoadOnce<ResourceId, ?> loadOnce, LongSupplier nanoClock) {
    this.loadOnce = loadOnce;
    this.nanoClock = nanoClock;
    this.lines = new RareLine(nanoClock);
    this.answerDueNanos = nanoClock.getAsLong();
    for (Notification kind : Notification.values()) {
      counts.put(kind, new LongAdder());
    }
  }

  /**
   * Takes what came at a time; whatever is to be forgotten is when it returns, and is counted then,
   * but for what is put off.
   */
  void accept(List<Change> changes) {
    Set<ResourceId> ids = new HashSet<>();
    boolean isEverything = false;
    for (Change change : changes) {
      switch (change) {
        case Change.Row(ResourceId id) -> ids.add(id);
        case Change.Everything _ -> isEverything = true;
        case Change.Unreadable _ -> {
          isPuzzled = true;
          lines.warn("a notification cannot be understood; everything is forgotten, to be safe");
        }
        case Change.Elsewhere _, Change.Sign _ -> {}
      }
    }
    if (isEverything) {
      loadOnce.invalidateAll();
      isPuzzled = false;
    } else {
      ids.forEach(loadOnce::invalidate);
    }
    answerPuzzle();
    changes.forEach(this::count);
  }

  /** For how long to wait for more, in view of what is still to be done here. */
  Duration patience(long mostNanos) {
    long untilAnswerNanos = isPuzzled ? answerDueNanos - nanoClock.getAsLong() : mostNanos;
    return Duration.ofNanos(Math.max(0, Math.min(mostNanos, untilAnswerNanos)));
  }

  /** How many of these came. For any thread. */
  long count(Notification kind) {
    return Objects.requireNonNull(counts.get(kind)).sum();
  }

  private void count(Change change) {
    Notification kind =
        switch (change) {
          case Change.Row _ -> Notification.ROW;
          case Change.Everything _ -> Notification.ALL;
          case Change.Elsewhere _ -> Notification.FOREIGN;
          case Change.Unreadable _ -> Notification.MALFORMED;
          case Change.Sign _ -> null;
        };
    if (kind != null) {
      Objects.requireNonNull(counts.get(kind)).increment();
    }
  }

  private void answerPuzzle() {
    long nowNanos = nanoClock.getAsLong();
    if (isPuzzled && nowNanos - answerDueNanos >= 0) {
      loadOnce.invalidateAll();
      isPuzzled = false;
      answerDueNanos = nowNanos + BETWEEN_UNREADABLE.toNanos();
    }
  }
}
