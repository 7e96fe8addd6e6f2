package io.loadonce.server.lock;

/**
 * What the table does with an outcome while it holds the mutex of the id's segment. No method may
 * block or call the table.
 *
 * @param <O> the outcome
 */
public interface Publication<O> {

  /**
   * Puts the outcome into the cache, as far as it may be kept. If this throws, the flight goes on,
   * and is to be completed again with an outcome that can be published.
   */
  void publish(O outcome);

  /**
   * Replaces an older row in the cache by the outcome of a fenced flight.
   *
   * @return whether the outcome is a row, so that a younger flight must not publish an older one
   */
  boolean raise(O outcome);

  /** Returns the newer of the two; {@code own} if that cannot be said. */
  O newer(O own, O other);
}
