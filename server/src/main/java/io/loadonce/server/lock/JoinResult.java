package io.loadonce.server.lock;

/**
 * What became of a call that came to the lock.
 *
 * @param <K> the id
 * @param <O> the outcome
 * @param <E> what the second look finds
 */
public sealed interface JoinResult<K, O, E> {

  /** There was no flight and nothing in the cache: this call began a flight and has to load it. */
  record Began<K, O, E>(Flight<K, O> flight) implements JoinResult<K, O, E> {}

  /** A flight was under way, and the waiter is in it. */
  record Joined<K, O, E>() implements JoinResult<K, O, E> {}

  /** The second look found it; the waiter was not let in. */
  record Hit<K, O, E>(E entry) implements JoinResult<K, O, E> {}

  /** A cap is reached; the waiter was not let in. */
  record Rejected<K, O, E>(Cap cap) implements JoinResult<K, O, E> {}

  /** Which cap. */
  enum Cap {
    WAITERS_PER_ID,
    WAITERS
  }
}
