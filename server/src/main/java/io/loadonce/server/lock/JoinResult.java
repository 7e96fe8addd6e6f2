package io.loadonce.server.lock;

/**
 * What a call that came to the table has become. Only {@link Began} and {@link Joined} let the
 * waiter in; after the others it is in no flight.
 *
 * @param <K> the id
 * @param <O> the outcome
 */
public sealed interface JoinResult<K, O> {

  /**
   * There was no flight and nothing in the cache: this call began a flight and must load the id.
   */
  record Began<K, O>(Flight<K, O> flight) implements JoinResult<K, O> {}

  /** A flight was under way, and the waiter is in it. */
  record Joined<K, O>(Flight<K, O> flight) implements JoinResult<K, O> {}

  /** The second look found the outcome in the cache. */
  record Hit<K, O>(O outcome) implements JoinResult<K, O> {}

  /** As many callers as are allowed wait for this id already. */
  record IdIsFull<K, O>() implements JoinResult<K, O> {}

  /** As many callers as are allowed wait in total already. */
  record AllIsFull<K, O>() implements JoinResult<K, O> {}
}
