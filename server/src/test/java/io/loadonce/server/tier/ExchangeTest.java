package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a command counts as late, by a clock that the test moves and a real Redis. */
class ExchangeTest {
  private final AtomicLong clock = new AtomicLong();
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
            List::of,
            removal("farewell", () -> {}, answer()),
            clock::get);
    await().atMost(TierInstance.TIMEOUT).until(exchange::isUp);
  }

  @AfterEach
  void stop() {
    exchange.close();
    redis.close();
  }

  @Test
  void offer_threadGetsNoProcessorTimeForTwoTimeouts_readsTheAnswer() throws Exception {
    assertThat(answeredAfter(2)).isTrue();
    assertThat(exchange.failures()).isZero();
  }

  @Test
  void offer_takesLongerThanABatchMay_fails() throws Exception {
    assertThat(answeredAfter(Exchange.BATCH_TIMEOUTS + 1)).isFalse();
    assertThat(exchange.failures()).isOne();
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
