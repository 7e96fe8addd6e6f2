package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Until when the rows in Redis are trusted, by a clock that the test moves and a real Redis. */
class WatchTest {
  /** Long, so that Redis keeps a moment of some seconds ago. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  private static final Space SPACE = Space.of("test", "database", TierInstance.LOOKUP);

  /** What happens after a thread has seen next how much is owed. */
  private final AtomicReference<Runnable> afterOwedIsSeen = new AtomicReference<>(() -> {});

  private LiveExchange live;
  private Removals removals;

  @BeforeEach
  void start() throws Exception {
    live = LiveExchange.start();
    removals =
        new Removals(SPACE, fleet(/* listensToDatabase= */ false), live.exchange()) {
          @Override
          int owed() {
            int seen = super.owed();
            afterOwedIsSeen.getAndSet(() -> {}).run();
            return seen;
          }
        };
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
   * Schedule: 1. the instance knows of every change up to now; 2. Redis answers; 3. the feed shows
   * once more what is known since 1. The time in the answer is later than that.
   */
  @Test
  void connected_answerIsLaterThanTheMoment_claimsAnEarlierOne() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    try (Jedis reader = live.redis().connect()) {
      String moments = moments(reader);
      long knownNanos = live.clock().get();
      live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
      long beforeMillis = awaitNextMillis(reader);
      for (int i = 0; i < 5; i++) {
        assertThat(nextMoment(reader, moments, () -> watch.connected(knownNanos)))
            .as("the moment, in ms of Redis")
            .isLessThanOrEqualTo(beforeMillis);
      }
    }
  }

  /**
   * Schedule: 1. a thread is about to send what the instance knows, and nothing is owed; 2. the
   * feed reports a change, which is owed, and then a later moment; 3. the thread sends.
   */
  @Test
  void connected_changeComesWhileAMomentIsSent_claimsTheMomentBefore() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    try (Jedis reader = live.redis().connect()) {
      String moments = moments(reader);
      long knownNanos = live.clock().get();
      live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
      long beforeMillis = awaitNextMillis(reader);
      for (int i = 0; i < 5; i++) {
        nextMoment(reader, moments, () -> watch.connected(knownNanos));
      }
      Runnable change =
          () -> {
            var _ = removals.note(List.of(Key.of("7")), new Message.Hello("another"));
            watch.connected(live.clock().get());
          };
      Runnable send =
          () -> {
            afterOwedIsSeen.set(change);
            watch.connected(knownNanos);
          };
      assertThat(nextMoment(reader, moments, send))
          .as("the moment, in ms of Redis")
          .isLessThanOrEqualTo(beforeMillis);
    }
  }

  private static String moments(Jedis reader) {
    return await().until(() -> reader.keys("*#watch"), keys -> keys.size() == 1).iterator().next();
  }

  /** Returns the time of Redis after it has moved on. */
  private static long awaitNextMillis(Jedis reader) {
    long beforeMillis = nowMillis(reader);
    await().until(() -> nowMillis(reader) > beforeMillis + 1);
    return beforeMillis + 1;
  }

  private static long nowMillis(Jedis reader) {
    List<String> time = reader.time();
    return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
  }

  /** Returns the moment that is written because of a call. */
  private static long nextMoment(Jedis reader, String moments, Runnable call) {
    reader.del(moments);
    call.run();
    return (long)
        await()
            .until(() -> reader.zrangeWithScores(moments, 0, 0), each -> !each.isEmpty())
            .getFirst()
            .getScore();
  }

  private Watch trusting(boolean listensToDatabase) {
    Watch watch =
        new Watch(SPACE, fleet(listensToDatabase), removals, live.exchange(), live.clock()::get);
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

  private static Fleet fleet(boolean listensToDatabase) {
    return new Fleet(
        Token.random(),
        "test",
        Duration.ofSeconds(1),
        /* maxValueBytes= */ 1_000,
        HEARTBEAT,
        listensToDatabase);
  }

  private void suspend() {
    live.clock().addAndGet(3 * HEARTBEAT.toNanos());
  }
}
