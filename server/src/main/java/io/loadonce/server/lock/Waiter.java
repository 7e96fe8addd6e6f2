package io.loadonce.server.lock;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits for an id: an entry with a callback, not a thread.
 *
 * <p>Guarantee: either the callback is called, exactly once, or {@link FlightTable#withdraw}
 * returned true for this waiter; never both and never neither. Non-guarantee: the thread that calls
 * it. A waiter is in one flight at a time; it may join again from its own callback.
 *
 * @param <K> the id
 * @param <O> the outcome
 */
public final class Waiter<K, O> {
  private final K id;
  private final long deadlineNanos;
  private final Consumer<? super O> callback;

  /** Null if there is none, or if it has been asked. Guarded by the mutex of the id's segment. */
  private @Nullable Compromise<O> compromise;

  /** The flight it was last let into. Guarded by the mutex of the id's segment. */
  private @Nullable Flight<K, O> flight;

  /** Whether it began that flight. Guarded by that mutex; constant once the flight has ended. */
  private boolean led;

  /**
   * @param deadlineNanos when to give up, on the clock of the lock
   * @param callback given the outcome; must not block and must not throw
   */
  public Waiter(K id, long deadlineNanos, Consumer<? super O> callback) {
    this(id, deadlineNanos, /* compromise= */ null, callback);
  }

  /**
   * @param compromise what it takes before its deadline; null for nothing
   */
  public Waiter(
      K id, long deadlineNanos, @Nullable Compromise<O> compromise, Consumer<? super O> callback) {
    this.id = id;
    this.deadlineNanos = deadlineNanos;
    this.compromise = compromise;
    this.callback = callback;
  }

  public K id() {
    return id;
  }

  /** When this waiter gives up, on the clock of the lock. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Whether this waiter's call began the flight; meaningful once the flight has ended. */
  public boolean led() {
    return led;
  }

  /** Calls back. Only for whoever took this waiter out of the lock, or was never let in with it. */
  public void answer(O outcome) {
    callback.accept(outcome);
  }

  /** To be called with the mutex of the id's segment held. */
  void enter(Flight<K, O> flight, boolean led) {
    this.flight = flight;
    this.led = led;
  }

  /**
   * When a sweep is to look at it: when it would compromise, or at its deadline. To be called with
   * the mutex of the id's segment held.
   */
  long dueNanos() {
    return compromise != null && compromise.dueNanos() - deadlineNanos < 0
        ? compromise.dueNanos()
        : deadlineNanos;
  }

  /**
   * What it takes rather than wait on, or null; asked once. To be called with the mutex of the id's
   * segment held.
   */
  @Nullable O settleFor() {
    Compromise<O> asked = compromise;
    compromise = null;
    return asked == null ? null : asked.offer().get();
  }

  /** To be called with the mutex of the id's segment held. Null before it was let in. */
  @Nullable Flight<K, O> flight() {
    return flight;
  }
}
