package io.loadonce.server.lock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits for an id: an entry with a handler, not a thread.
 *
 * <p>Guarantee: either the handler gets the outcome, exactly once, or {@link FlightTable#withdraw}
 * returned true for this waiter; never both and never neither. Non-guarantee: the thread that calls
 * it. A waiter is in one flight at a time; it may join again from its own handler.
 *
 * @param <K> the id
 * @param <O> the outcome
 */
public final class Waiter<K, O> {

  /** The call behind a waiter. */
  public interface Handler<O> {

    /** Receives the outcome. Must not block and must not throw. */
    void handle(O outcome);

    /**
     * The outcome with which the waiter leaves at its soft deadline; null to wait on. Called once,
     * with the mutex of the id's segment held. Must not block and must not call the table.
     */
    @Nullable O earlyOutcome(long nowNanos);

    /** The outcome with which the waiter leaves at its deadline; called as the one above. */
    O lateOutcome();
  }

  private final K id;
  private final long deadlineNanos;
  private final Handler<O> handler;

  /** Not after the deadline; equal to it once passed in vain. Guarded by the segment's mutex. */
  private long softDeadlineNanos;

  /** The flight that it was last let into. Guarded by the mutex of the id's segment. */
  private @Nullable Flight<K, O> flight;

  /** Whether it began that flight. Guarded by that mutex; constant once the flight has ended. */
  private boolean led;

  /**
   * @param deadlineNanos when the waiter must be answered, on the clock of the table
   * @param softDeadlineNanos when it may be answered with something else than the flight's outcome;
   *     the deadline, if there is no such moment
   */
  public Waiter(K id, long deadlineNanos, long softDeadlineNanos, Handler<O> handler) {
    this.id = id;
    this.deadlineNanos = deadlineNanos;
    this.softDeadlineNanos = softDeadlineNanos;
    this.handler = handler;
  }

  public K id() {
    return id;
  }

  /** The call behind this waiter. */
  public Handler<O> handler() {
    return handler;
  }

  /** When this waiter must be answered, on the clock of the table. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Whether this waiter's call began the flight; meaningful once the flight has ended. */
  public boolean led() {
    return led;
  }

  /** When the flight began that this waiter was in; meaningful once that flight has ended. */
  public long flightBeganNanos() {
    return Objects.requireNonNull(flight).beganNanos();
  }

  /**
   * Hands the outcome to the call. Do this only after the table has handed the waiter out, or if
   * {@link FlightTable#join} did not let it in.
   */
  public void answer(O outcome) {
    handler.handle(outcome);
  }

  /** Call this with the mutex of the id's segment held. */
  void enter(Flight<K, O> flight, boolean led) {
    this.flight = flight;
    this.led = led;
  }

  /** When a sweep must look at this waiter. Call this with the segment's mutex held. */
  long dueNanos() {
    return softDeadlineNanos;
  }

  /**
   * The outcome of this waiter if it leaves now, or null if it waits on, until its deadline. Call
   * this with the segment's mutex held.
   */
  @Nullable O outcomeWhenDue(long nowNanos) {
    O early = hasSoftDeadline() ? handler.earlyOutcome(nowNanos) : null;
    if (early != null) {
      return early;
    }
    softDeadlineNanos = deadlineNanos;
    return deadlineNanos - nowNanos <= 0 ? handler.lateOutcome() : null;
  }

  /** Whether its soft deadline has not passed in vain. Call this with the segment's mutex held. */
  boolean hasSoftDeadline() {
    return softDeadlineNanos != deadlineNanos;
  }

  /** Call this with the segment's mutex held. Null before the waiter was let in. */
  @Nullable Flight<K, O> flight() {
    return flight;
  }
}
