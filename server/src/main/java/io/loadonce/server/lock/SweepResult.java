package io.loadonce.server.lock;

import java.util.ArrayList;
import java.util.List;

/**
 * What a sweep found.
 *
 * @param departed the waiters that it took out of their flights, each with its outcome, for the
 *     caller to answer; their flights go on
 * @param overdue the flights that last longer than a load may, for the caller to complete with a
 *     failure; they are still in the table, so a caller that joins one before it is completed gets
 *     that failure too, as every caller that joined it shortly before the sweep does
 * @param abandoned the flights that it has ended because no caller waits for them; a flight that is
 *     overdue can be one of them
 */
public record SweepResult<K, O>(
    List<Departed<K, O>> departed, List<Flight<K, O>> overdue, List<Flight<K, O>> abandoned) {

  SweepResult() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** A waiter that has left its flight, and its outcome. */
  public record Departed<K, O>(Waiter<K, O> waiter, O outcome) {}
}
