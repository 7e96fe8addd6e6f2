package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Waiter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller that waits for one id, with the version that it needs and the time that it has.
 *
 * <p>If it needs a version, the flight that it joined may have queried the database before the
 * caller knew of that version, so an older row is no answer yet: the call joins once more, together
 * with all that need the same, and that flight began after the call. Its outcome is the answer,
 * whatever it is.
 */
final class Call<K, V> implements Waiter.Handler<Outcome<V>>, Withdrawal {
  private final LoadOnce<K, V> engine;
  private final long minVersion;
  private final Consumer<? super Outcome<V>> caller;
  private final Waiter<K, Outcome<V>> waiter;

  /** Whether the caller has left; it may do so between two flights. */
  private volatile boolean left;

  /** Only touched by {@link #handle}, which one thread at a time calls. */
  private boolean joinedAgain;

  /**
   * @param softDeadlineNanos when a stale row is good enough; the deadline, if it never is
   */
  Call(
      LoadOnce<K, V> engine,
      K id,
      long minVersion,
      long deadlineNanos,
      long softDeadlineNanos,
      Consumer<? super Outcome<V>> caller) {
    this.engine = engine;
    this.minVersion = minVersion;
    this.caller = caller;
    this.waiter = new Waiter<>(id, deadlineNanos, softDeadlineNanos, this);
  }

  Waiter<K, Outcome<V>> waiter() {
    return waiter;
  }

  long minVersion() {
    return minVersion;
  }

  @Override
  public void handle(Outcome<V> outcome) {
    boolean isTooOld = outcome instanceof Found<V> row && row.version() < minVersion;
    boolean isNoAnswerYet =
        isTooOld || (outcome instanceof Missing && minVersion != Outcome.ANY_VERSION);
    boolean wasReadAfterTheCall = waiter.led() || joinedAgain;
    if (isNoAnswerYet && !wasReadAfterTheCall) {
      joinedAgain = true;
      if (!left) {
        engine.joinAgain(this);
      }
      return;
    }
    answer(isTooOld ? refusal((Found<V>) outcome) : outcome);
  }

  @Override
  public @Nullable Outcome<V> outcomeWhenDue(long nowNanos) {
    boolean isLate = waiter.deadlineNanos() - nowNanos <= 0;
    Outcome<V> stale = engine.staleFor(this, nowNanos);
    return stale == null && isLate ? new TimedOut<>() : stale;
  }

  @Override
  public boolean withdraw() {
    // Before it leaves the table: a callback that runs now must not join again.
    left = true;
    return engine.withdraw(waiter);
  }

  /** Answers the caller, which is counted; only for a call that is not in the table. */
  void answer(Outcome<V> outcome) {
    engine.count(outcome);
    caller.accept(outcome);
  }

  private Outcome<V> refusal(Found<V> row) {
    if (row.origin() != Origin.STALE) {
      return new Outdated<>(row.version(), minVersion);
    }
    return new Failed<>(
        new SourceException.Unavailable(
            "the database cannot be reached, and the cached row is older than min_version",
            /* cause= */ null));
  }
}
