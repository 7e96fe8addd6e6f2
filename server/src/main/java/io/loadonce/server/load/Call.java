package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
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
      if (left) {
        engine.countLeft(waiter);
      } else {
        engine.joinAgain(this);
      }
      return;
    }
    answer(
        switch (outcome) {
          case Found<V> row when isTooOld -> new Outdated<>(row.version(), minVersion);
          case Failed<V>(SourceException.Unavailable _) -> engine.staleOr(this, outcome);
          default -> outcome;
        });
  }

  /** At its soft deadline the call is content with a stale row. */
  @Override
  public @Nullable Outcome<V> earlyOutcome(long nowNanos) {
    return engine.staleFor(this, nowNanos);
  }

  @Override
  public Outcome<V> lateOutcome() {
    return new TimedOut<>();
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
}
