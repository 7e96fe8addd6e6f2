package io.loadonce.server.lock;

import java.util.ArrayList;
import java.util.List;

/**
 * Whom a sweep took out of the lock, for the caller to answer.
 *
 * @param late those whose own deadline has passed; their flights go on
 * @param settled those who take something else rather than wait on; their flights go on
 * @param stranded those whose flight lasted longer than a load may
 * @param overdue the flights that did, whether or not anybody waited
 */
public record SweepResult<K, O>(
    List<Waiter<K, O>> late,
    List<Settled<K, O>> settled,
    List<Waiter<K, O>> stranded,
    List<Flight<K, O>> overdue) {

  SweepResult() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** A waiter and what it takes. */
  public record Settled<K, O>(Waiter<K, O> waiter, O outcome) {}

  /** How many waiters that are. */
  int waiters() {
    return late.size() + settled.size() + stranded.size();
  }
}
