package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Until when the rows in Redis are trusted, by a clock that the test moves and a real Redis. */
class WatchTest {
  /** Long, so that Redis keeps a moment of some seconds ago. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  /** The keys of the moments, with the change listener of the database or without it. */
  private static final String MOMENTS = "*#*";

  private static final Space SPACE = Space.of("test", "database", TierInstance.LOOKUP);

  /** What happens after a thread has seen next how much is owed. */
  private final AtomicReference<Runnable> afterOwedIsSeen = new AtomicReference<>(() -> {});

  private LiveExchange live;
  private Jedis reader;
  private Removals removals;

  @BeforeEach
  void start() throws Exception {
    live = LiveExchange.start();
    reader = live.redis().connect();
    removals = new Removals(SPACE, fleet(/* listensToDatabase= */ false), live.exchange());
  }

  @AfterEach
  void stop() {
    if (reader != null) {
      reader.close();
    }
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
    Known known = knownNow(watch);
    assertThat(nextMoment(() -> watch.connected(known.nanos)))
        .as("the moment, in ms of Redis")
        .isLessThanOrEqualTo(known.millis);
  }

  /**
   * Schedule: 1. a thread is about to send what the instance knows, and nothing is owed; 2. the
   * feed reports a change, which is owed, and then a later moment; 3. the thread sends.
   */
  @Test
  void connected_changeComesWhileAMomentIsSent_claimsTheMomentBefore() {
    Watch watch = trusting(/* listensToDatabase= */ true);
    Known known = knownNow(watch);
    Runnable change =
        () -> {
          var _ = removals.note(List.of(Key.of("7")), new Message.Heartbeat("another", 1));
          watch.connected(live.clock().get());
        };
    Runnable send =
        () -> {
          afterOwedIsSeen.set(change);
          watch.connected(known.nanos);
        };
    assertThat(nextMoment(send)).as("the moment, in ms of Redis").isLessThanOrEqualTo(known.millis);
  }

  /** The time that the former process told says nothing about the clock of the new one. */
  @Test
  void connected_redisWasReplaced_claimsNothingUntilTheFeedIsLaterThanItsTime() throws Exception {
    Watch watch = trusting(/* listensToDatabase= */ true);
    long knownNanos = live.clock().get();
    live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    reader.close();
    live.redis().restart();
    reader = live.redis().connect();
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> {
              watch.connected(knownNanos);
              return scriptsRun() >= 5;
            });
    assertThat(reader.keys("*#listen")).isEmpty();
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> {
              watch.connected(live.clock().get());
              return !reader.keys("*#listen").isEmpty();
            });
  }

  /** A change that came after the Hello may not have arrived, although an answer has. */
  @Test
  void greet_answersArrivedSince_claimsTheTimeInTheHello() {
    Watch watch = trusting(/* listensToDatabase= */ false);
    String epochKey = moments().replace("#watch", "");
    long helloMillis = knownNow(watch).millis;
    live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    watch.connected(live.clock().get());
    await()
        .atMost(TierInstance.TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(nextMoment(() -> watch.greet(epochKey, Long.toString(helloMillis))))
                    .as("the moment, in ms of Redis")
                    .isEqualTo(helloMillis));
  }

  /** How many scripts this process of Redis has run. */
  private long scriptsRun() {
    return Pattern.compile("cmdstat_evalsha:calls=(\\d+)")
        .matcher(reader.info("commandstats"))
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

  private String moments() {
    return await().until(() -> reader.keys(MOMENTS), keys -> keys.size() == 1).iterator().next();
  }

  /**
   * A moment up to which an instance knows of every change.
   *
   * @param nanos on its clock
   * @param millis the latest that it can be on the clock of Redis
   */
  private record Known(long nanos, long millis) {}

  /** Lets an instance know of every change up to now, and Redis answer after that. */
  private Known knownNow(Watch watch) {
    long nanos = live.clock().get();
    live.clock().addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    Known now = new Known(nanos, nowMillis());
    await().until(() -> nowMillis() > now.millis);
    for (int i = 0; i < 5; i++) {
      nextMoment(() -> watch.connected(now.nanos));
    }
    return now;
  }

  private long nowMillis() {
    List<String> time = reader.time();
    return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
  }

  /** Returns the moment that is written because of a call. */
  private long nextMoment(Runnable call) {
    reader.keys(MOMENTS).forEach(reader::del);
    call.run();
    return (long)
        await()
            .until(() -> reader.zrangeWithScores(moments(), 0, 0), each -> !each.isEmpty())
            .getFirst()
            .getScore();
  }

  private Watch trusting(boolean listensToDatabase) {
    Watch watch =
        new Watch(
            SPACE,
            fleet(listensToDatabase),
            removals,
            this::owed,
            live.exchange(),
            live.clock()::get);
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

  private int owed() {
    int seen = removals.owed();
    afterOwedIsSeen.getAndSet(() -> {}).run();
    return seen;
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
