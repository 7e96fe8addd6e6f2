package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.Tuple;

/** Until when the rows in Redis are trusted, by a clock that the test moves and a real Redis. */
class WatchTest {
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
  void isTrusted_listensAndWasSuspended_notBeforeTheNextHeartbeat() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    suspend();
    assertThat(watch.isTrusted()).isFalse();
    watch.connected(live.clock().get());
    assertThat(watch.isTrusted()).isTrue();
  }

  /** What others invalidate meanwhile, they remove from Redis. */
  @Test
  void isTrusted_doesNotListenAndWasSuspended_stillTrusted() {
    Watch watch = trusting(/* listensToDatabase= */ false);
    suspend();
    assertThat(watch.isTrusted()).isTrue();
  }

  /**
   * Schedule: 1. the instance sends up to when it knows of every change; 2. 100 ms pass, as if it
   * were suspended; 3. Redis has the message.
   */
  @Test
  void connected_messageArrivesLater_claimsNoLaterMoment() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    try (Jedis reader = live.redis().connect()) {
      String moments =
          await().until(() -> reader.keys("*#watch"), keys -> keys.size() == 1).iterator().next();
      reader.del(moments);
      List<String> before = reader.time();
      reader.clientPause(100);
      watch.connected(live.clock().get());
      Tuple written =
          await()
              .until(() -> reader.zrangeWithScores(moments, 0, 0), each -> !each.isEmpty())
              .getFirst();
      assertThat((long) written.getScore())
          .as("the moment, in ms of Redis")
          .isLessThanOrEqualTo(
              Long.parseLong(before.get(0)) * 1_000 + Long.parseLong(before.get(1)) / 1_000);
    }
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
    Exchange exchange = live.exchange();
    Watch watch =
        new Watch(space, fleet, new Removals(space, fleet, exchange), exchange, live.clock()::get);
    watch.connected(live.clock().get());
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> {
              live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
              watch.connected(live.clock().get());
              watch.sweep();
              return watch.isTrusted();
            });
    return watch;
  }

  private void suspend() {
    live.clock().addAndGet(3 * TierInstance.HEARTBEAT.toNanos());
  }
}
