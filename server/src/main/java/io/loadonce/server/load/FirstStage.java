package io.loadonce.server.load;

import io.loadonce.server.lock.Flight;
import java.util.function.Function;

/**
 * Makes the stage before the queue of one lookup: a store between the instances, which completes
 * flights from what it holds and passes the others on to the queue. Safe for use by many threads.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public interface FirstStage<K, V> {

  /**
   * Returns the stage; called once, before any other method.
   *
   * @param queue takes the flights that the database must answer
   * @param ending takes the flights that the stage answers by itself
   * @param needed how fresh a row must be that the stage answers a flight with
   */
  Stage<K, V> before(
      Stage<K, V> queue, Finish<K, V> ending, Function<Flight<K, Outcome<V>>, Freshness> needed);

  /**
   * Accepts the outcome of a flight that was passed on, before its waiters are answered. Never
   * blocks.
   *
   * @param readNanos when the database was queried
   */
  void ended(Flight<K, Outcome<V>> flight, Outcome<V> outcome, long readNanos);

  /** Returns an end of flights that tells this stage first. */
  default Finish<K, V> telling(Finish<K, V> end) {
    return (flight, outcome, readNanos) -> {
      ended(flight, outcome, readNanos);
      end.complete(flight, outcome, readNanos);
    };
  }
}
