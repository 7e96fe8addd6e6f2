package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Until when the rows in Redis are trusted, by a clock that the test moves and a real Redis. */
class WatchTest {
  private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
  private RedisServer redis;
  private Exchange exchange;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    exchange =
        Exchange.start(
            new RedisConnector(TierInstance.settings(redis)),
            List::of,
            Command.publish("farewell", new byte[0]),
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
  void isTrusted_listensAndWasSuspended_notBeforeTheNextHeartbeat() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    suspend();
    assertThat(watch.isTrusted()).isFalse();
    watch.connected(clock.get());
    assertThat(watch.isTrusted()).isTrue();
  }

  /** What others invalidate meanwhile, they remove from Redis. */
  @Test
  void isTrusted_doesNotListenAndWasSuspended_stillTrusted() {
    Watch watch = trusting(/* listensToDatabase= */ false);
    suspend();
    assertThat(watch.isTrusted()).isTrue();
  }

  private Watch trusting(boolean listensToDatabase) {
    Fleet fleet =
        new Fleet(
            Token.random(),
            "test",
            Duration.ofSeconds(1),
            /* maxValueBytes= */ 1_000,
            TierInstance.HEARTBEAT,
            listensToDatabase);
    Space space = Space.of(fleet.prefix(), "database", TierInstance.LOOKUP);
    Watch watch =
        new Watch(space, fleet, new Removals(space, fleet, exchange), exchange, clock::get);
    watch.connected(clock.get());
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> {
              clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
              watch.connected(clock.get());
              watch.sweep();
              return watch.isTrusted();
            });
    return watch;
  }

  private void suspend() {
    clock.addAndGet(3 * TierInstance.HEARTBEAT.toNanos());
  }
}
