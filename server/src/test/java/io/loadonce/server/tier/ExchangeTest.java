package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a command counts as late, by a clock that the test moves and a real Redis. */
class ExchangeTest {
  private final AtomicLong clock = new AtomicLong();
  private final Queue<Command> owed = new ConcurrentLinkedQueue<>();
  private RedisServer redis;
  private Exchange exchange;
  private long timeoutNanos;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    TierSettings settings = TierInstance.settings(redis);
    timeoutNanos = settings.timeout().toNanos();
    exchange =
        Exchange.start(
            new RedisConnector(settings),
            this::takeOwed,
            removal("farewell", () -> {}, answer()),
            clock::get);
    await().atMost(TierInstance.TIMEOUT).until(exchange::isUp);
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      exchange.close();
      redis.close();
    }
  }

  @Test
  void offer_threadGetsNoProcessorTimeForTwoTimeouts_readsTheAnswer() throws Exception {
    assertThat(answeredAfter(2)).isTrue();
    assertThat(exchange.failures()).isZero();
  }

  @Test
  void offer_takesLongerThanABatchMay_fails() throws Exception {
    assertThat(answeredAfter(Exchange.BATCH_TIMEOUTS + 1)).isFalse();
    await().atMost(TierInstance.TIMEOUT).until(() -> exchange.failures() == 1);
  }

  @Test
  void offer_threadsAreBusyForLongerThanABatchMayTake_failsInTheQueue() throws Exception {
    CountDownLatch begun = new CountDownLatch(Exchange.WORKERS);
    CompletableFuture<Void> end = new CompletableFuture<>();
    for (int i = 0; i < Exchange.WORKERS; i++) {
      exchange.offer(removal("key", () -> holdUntil(begun, end), answer()));
      // Each thread takes one: a command that is offered later is not in the batch of this one.
      await().atMost(TierInstance.TIMEOUT).until(held(begun, i + 1));
    }
    CompletableFuture<Boolean> answered = answer();
    exchange.offer(removal("other", () -> {}, answered));
    clock.addAndGet(Exchange.BATCH_TIMEOUTS * timeoutNanos);
    exchange.sweep();
    assertThat(answered).isNotDone();
    clock.addAndGet(1);
    exchange.sweep();
    assertThat(answered).isCompletedWithValue(false);
    end.complete(null);
  }

  @Test
  void sweep_somethingIsOwedWhileRedisIsReached_isDone() throws Exception {
    CompletableFuture<Boolean> answered = answer();
    owed.add(removal("key", () -> {}, answered));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    exchange.sweep();
    assertThat(answered.get(TierInstance.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private List<Command> takeOwed() {
    Command next = owed.poll();
    return next == null ? List.of() : List.of(next);
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
    exchange.offer(
        removal(
            "key",
            () -> {
              clock.addAndGet(timeouts * timeoutNanos);
              exchange.sweep();
            },
            answered));
    return answered.get(TierInstance.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
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
