package io.loadonce.server.load;

import io.loadonce.server.lock.Flight;

/**
 * Where a flight ends: its outcome is published, and every waiter is answered. Never blocks; safe
 * for use by many threads.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
@FunctionalInterface
public interface Finish<K, V> {

  /**
   * Ends a flight; does nothing to one that has ended already.
   *
   * @param readNanos when the database was queried
   */
  void complete(Flight<K, Outcome<V>> flight, Outcome<V> outcome, long readNanos);
}
