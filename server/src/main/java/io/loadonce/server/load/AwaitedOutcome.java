package io.loadonce.server.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The outcome of a lookup for a thread that waits for it. */
final class AwaitedOutcome<V> {

  private final CompletableFuture<Outcome<V>> answer = new CompletableFuture<>();

  /**
   * Joins the flight of an id or begins it, and blocks until it has ended, for the timeout at most.
   *
   * @throws InterruptedException if the thread is interrupted; the call has withdrawn then
   */
  <K> Outcome<V> of(LoadOnce<K, V> engine, K id, Duration timeout) throws InterruptedException {
    Withdrawal withdrawal = engine.join(id, Freshness.ANY, timeout, answer::complete);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is never an exception", e);
    } finally {
      withdrawal.withdraw();
    }
  }
}
