package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.lock.Compromise;
import io.loadonce.server.lock.Waiter;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callback of a caller who needs a version. The flight that it joined may have asked the
 * database before the caller knew of that version, so an older row is no answer yet: the caller
 * joins once more, together with all who need that, and that flight began after the call. What it
 * brings is the answer, whatever it is.
 */
final class Demand<K, V> implements Consumer<Outcome<V>> {
  private final long minVersion;
  private final Consumer<Outcome<V>> caller;
  private final Consumer<Waiter<K, Outcome<V>>> joinAgain;

  /** Set before the waiter joins, and read in its callback. */
  private @Nullable Waiter<K, Outcome<V>> waiter;

  /** Whether the caller has left; it may do so between two flights. */
  private volatile boolean left;

  /** Only touched by the callback, and that is called by one thread at a time. */
  private boolean joinedAgain;

  Demand(long minVersion, Consumer<Outcome<V>> caller, Consumer<Waiter<K, Outcome<V>>> joinAgain) {
    this.minVersion = minVersion;
    this.caller = caller;
    this.joinAgain = joinAgain;
  }

  Waiter<K, Outcome<V>> waiter(
      K id, long deadlineNanos, @Nullable Compromise<Outcome<V>> compromise) {
    Waiter<K, Outcome<V>> mine = new Waiter<>(id, deadlineNanos, compromise, this);
    waiter = mine;
    return mine;
  }

  /** To be called before the waiter is withdrawn from the lock. */
  void leave() {
    left = true;
  }

  @Override
  public void accept(Outcome<V> outcome) {
    Waiter<K, Outcome<V>> mine = Objects.requireNonNull(waiter);
    boolean isTooOld = outcome instanceof Found<V> row && row.version() < minVersion;
    boolean wasReadAfterTheCall = mine.led() || joinedAgain;
    if ((isTooOld || outcome instanceof Missing) && !wasReadAfterTheCall) {
      joinedAgain = true;
      if (!left) {
        joinAgain.accept(mine);
      }
      return;
    }
    caller.accept(isTooOld ? refusal((Found<V>) outcome) : outcome);
  }

  private Outcome<V> refusal(Found<V> row) {
    if (row.origin() != Origin.STALE) {
      return new Outdated<>(row.version(), minVersion);
    }
    return new Failed<>(
        new SourceException.Unavailable(
            "the database cannot be reached, and memory is older than asked for",
            /* cause= */ null));
  }
}
