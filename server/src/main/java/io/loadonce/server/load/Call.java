package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.NotLoaded;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.Waiter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller that waits for one id, with the freshness that it needs and the time that it has.
 *
 * <p>The flight that it joined may have queried the database too early for the caller: before the
 * version that it needs was written, or longer ago than it accepts. Or the change feed was
 * disconnected, so that no change fenced the flight, and the flight is older than a stale row may
 * be. Then the outcome of that flight is no answer yet. The call joins a second flight, which
 * begins after the call, and the outcome of that flight is the answer.
 */
final class Call<K, V> implements Waiter.Handler<Outcome<V>>, Withdrawal {
  private final LoadOnce<K, V> engine;
  private final Freshness needed;
  private final long beganNanos;
  private final long missedSinceNanos;
  private final Consumer<? super Outcome<V>> caller;
  private final Waiter<K, Outcome<V>> waiter;
  private final LoadObserver.Call observed;

  /** Whether the caller has left; it may do so between two flights. */
  private volatile boolean left;

  /** Only touched by {@link #handle}, which one thread at a time calls. */
  private boolean joinedAgain;

  /**
   * @param beganNanos when the call arrived
   * @param softDeadlineNanos when a stale row is good enough; the deadline, if it never is
   */
  Call(
      LoadOnce<K, V> engine,
      K id,
      Freshness needed,
      long beganNanos,
      long deadlineNanos,
      long softDeadlineNanos,
      Consumer<? super Outcome<V>> caller) {
    this.engine = engine;
    this.needed = needed;
    this.beganNanos = beganNanos;
    this.missedSinceNanos = engine.feedState().missedSinceNanos(beganNanos);
    this.caller = caller;
    this.waiter = new Waiter<>(id, deadlineNanos, softDeadlineNanos, this);
    this.observed = engine.statistics().observer().call();
  }

  Waiter<K, Outcome<V>> waiter() {
    return waiter;
  }

  Freshness needed() {
    return needed;
  }

  long beganNanos() {
    return beganNanos;
  }

  /** Returns the flight, which the call has begun or joined. */
  Flight<K, Outcome<V>> waitsFor(Flight<K, Outcome<V>> flight) {
    observed.waitsFor(flight);
    return flight;
  }

  @Override
  public void handle(Outcome<V> outcome) {
    boolean isTooOld = outcome instanceof Found<V> row && row.version() < needed.minVersion();
    boolean isNoAnswerYet =
        isTooOld
            || (outcome instanceof Missing && needed.needsVersion())
            || wasReadTooEarly(outcome);
    // A row of the shared store may be older than a call that did not begin its flight; it joins
    // until it begins one, which accepts nothing older than it needs.
    boolean wasReadAfterTheCall = waiter.led() || (joinedAgain && !isShared(outcome));
    if (isNoAnswerYet && !wasReadAfterTheCall) {
      joinedAgain = true;
      if (left) {
        countLeft();
      } else {
        engine.joinAgain(this);
      }
      return;
    }
    answer(
        switch (outcome) {
          case Found<V> row when isTooOld -> new Outdated<>(row.version(), needed.minVersion());
          case Failed<V>(SourceException.Unavailable _) -> engine.cachedRows().or(this, outcome);
          case Refused<V> _, NotLoaded<V> _ -> engine.cachedRows().or(this, outcome);
          default -> outcome;
        });
  }

  /**
   * Whether the flight that the call joined began too early; its query was sent after that. What
   * came from the cache was judged there.
   */
  private boolean wasReadTooEarly(Outcome<V> outcome) {
    return switch (originOf(outcome)) {
      case JOINED -> !needed.acceptsAge(waiter.flightBeganNanos(), beganNanos) || isFlightTooOld();
      case SHARED ->
          !needed.acceptsAge(waiter.flightBeganNanos() - ageNanos(outcome), beganNanos)
              || isFlightTooOld();
      case MEMORY, LOADED, STALE -> false;
      case null -> false;
    };
  }

  private boolean isFlightTooOld() {
    return engine
        .cachedRows()
        .isFlightTooOld(missedSinceNanos, waiter.flightBeganNanos(), beganNanos);
  }

  private static boolean isShared(Outcome<?> outcome) {
    return originOf(outcome) == Origin.SHARED;
  }

  private static long ageNanos(Outcome<?> outcome) {
    return switch (outcome) {
      case Found<?> row -> row.ageNanos();
      case Missing<?> none -> none.ageNanos();
      default -> 0;
    };
  }

  private static @Nullable Origin originOf(Outcome<?> outcome) {
    return switch (outcome) {
      case Found<?> row -> row.origin();
      case Missing<?> none -> none.origin();
      default -> null;
    };
  }

  /** At its soft deadline the call is content with a stale row. */
  @Override
  public @Nullable Outcome<V> earlyOutcome(long nowNanos) {
    return engine.cachedRows().of(this, nowNanos);
  }

  @Override
  public Outcome<V> lateOutcome() {
    return new TimedOut<>();
  }

  @Override
  public boolean withdraw() {
    // Before it leaves the table: a callback that runs now must not join again.
    left = true;
    boolean waited = engine.withdraw(waiter);
    if (waited) {
      countLeft();
    }
    return waited;
  }

  private void countLeft() {
    engine.statistics().left(beganNanos, waiter.deadlineNanos());
  }

  /** Answers the caller, which is counted; only for a call that is not in the table. */
  void answer(Outcome<V> outcome) {
    observed.answered(engine.statistics().answered(outcome, beganNanos));
    caller.accept(outcome);
  }
}
