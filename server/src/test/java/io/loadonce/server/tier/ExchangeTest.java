package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a command counts as late, by a clock that the test moves and a real Redis. */
class ExchangeTest {
  private LiveExchange live;

  @BeforeEach
  void start() throws Exception {
    live = LiveExchange.start();
  }

  @AfterEach
  void stop() {
    if (live != null) {
      live.close();
    }
  }

  @Test
  void offer_threadGetsNoProcessorTimeForTwoTimeouts_readsTheAnswer() throws Exception {
    assertThat(answeredAfter(2)).isTrue();
    assertThat(exchange().failures()).isZero();
  }

  @Test
  void offer_takesLongerThanABatchMay_fails() throws Exception {
    assertThat(answeredAfter(Exchange.BATCH_TIMEOUTS + 1)).isFalse();
    await().atMost(TierInstance.TIMEOUT).until(() -> exchange().failures() == 1);
  }

  @Test
  void offer_threadsAreBusyForLongerThanABatchMayTake_failsInTheQueue() throws Exception {
    CountDownLatch begun = new CountDownLatch(Exchange.WORKERS);
    CompletableFuture<Void> end = new CompletableFuture<>();
    for (int i = 0; i < Exchange.WORKERS; i++) {
      exchange().offer(removal("key", () -> holdUntil(begun, end), answer()));
      // Each thread takes one: a command that is offered later is not in the batch of this one.
      await().atMost(TierInstance.TIMEOUT).until(held(begun, i + 1));
    }
    try {
      CompletableFuture<Boolean> answered = answer();
      exchange().offer(removal("other", () -> {}, answered));
      live.clock().addAndGet(Exchange.BATCH_TIMEOUTS * live.timeoutNanos());
      exchange().sweep();
      assertThat(answered).isNotDone();
      live.clock().addAndGet(1);
      exchange().sweep();
      assertThat(answered).isCompletedWithValue(false);
    } finally {
      end.complete(null);
    }
  }

  @Test
  void sweep_somethingIsOwedWhileRedisIsReached_isDone() throws Exception {
    CompletableFuture<Boolean> answered = answer();
    live.owe(removal("key", () -> {}, answered));
    live.clock().addAndGet(TimeUnit.SECONDS.toNanos(1));
    exchange().sweep();
    assertThat(answered.get(TierInstance.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static Callable<Boolean> held(CountDownLatch begun, int threads) {
    return () -> begun.getCount() == Exchange.WORKERS - threads;
  }

  private static void holdUntil(CountDownLatch begun, CompletableFuture<Void> end) {
    begun.countDown();
    end.join();
  }

  /** Sends a command, and lets so many time-outs pass before its answer is read. */
  private boolean answeredAfter(int timeouts) throws Exception {
    CompletableFuture<Boolean> answered = answer();
    exchange()
        .offer(
            removal(
                "key",
                () -> {
                  live.clock().addAndGet(timeouts * live.timeoutNanos());
                  exchange().sweep();
                },
                answered));
    return answered.get(TierInstance.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  private Exchange exchange() {
    return live.exchange();
  }

  private static CompletableFuture<Boolean> answer() {
    return new CompletableFuture<>();
  }

  /** A command that removes a key and then does something more. */
  private static Command removal(String key, Runnable then, CompletableFuture<Boolean> answered) {
    return new Command(
        to -> {
          to.remove(key);
          then.run();
          return 1;
        },
        _ -> answered.complete(true),
        () -> answered.complete(false),
        /* bytes= */ 0);
  }
}
