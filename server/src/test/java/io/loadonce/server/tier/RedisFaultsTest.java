package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.jdbc.Password;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.changes.Instances.Reach;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.ClientType;

/** What a fault of Redis costs: queries, never a wrong answer and never a failed call. */
class RedisFaultsTest {
  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();
  private RedisServer redis;
  private TierInstance a;
  private TierInstance b;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    rows.put(id, 1);
    a = TierInstance.start(redis, rows);
    b = TierInstance.start(redis, rows);
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      a.close();
      b.close();
      redis.close();
    }
  }

  @Test
  void get_redisKilled_oneQueryForEachInstance() throws Exception {
    redis.kill();
    assertThat(a.text(id)).isEqualTo("7 is 1 LOADED");
    assertThat(b.text(id)).isEqualTo("7 is 1 LOADED");
    assertThat(rows.queries()).isEqualTo(2);

    redis.begin();
    Key other = Key.of(8);
    rows.put(other, 1);
    awaitReconnected();
    assertThat(a.text(other)).isEqualTo("8 is 1 LOADED");
    awaitLanded(a, 1);
    assertThat(b.text(other)).isEqualTo("8 is 1 SHARED");
  }

  @Test
  void get_redisStandsStill_isAnsweredSoonAndNeverOlderAfterwards() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    redis.suspend();
    rows.put(id, 2);
    a.evict(id);
    long beganNanos = System.nanoTime();
    assertThat(a.text(id)).isEqualTo("7 is 2 LOADED");
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(1));
    beganNanos = System.nanoTime();
    a.get(Key.of(9));
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
        .as("with an open breaker")
        .isLessThan(Duration.ofMillis(40));

    redis.resume();
    a.awaitUsable();
    a.evict(id);
    assertThat(a.text(id)).startsWith("7 is 2");
  }

  @Test
  void invalidate_redisStandsStill_isSentLater() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
    redis.suspend();
    rows.put(id, 2);
    Reach reach = a.invalidate(id, /* isSeen= */ true);
    assertThat(reach).isEqualTo(new Reach(1, 0, /* isSent= */ false));
    assertThat(a.text(id)).isEqualTo("7 is 2 LOADED");
    awaitText(() -> b.text(id), "7 is 2");
    redis.resume();
    a.awaitUsable();
    b.awaitUsable();
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(() -> a.tier().owed(TierInstance.LOOKUP.name()) == 0);
    a.evict(id);
    assertThat(a.text(id)).startsWith("7 is 2");
    assertThat(b.text(id)).startsWith("7 is 2");
  }

  @Test
  void get_redisRestartsFromAnOldDump_readsNothingOfIt() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    try (Jedis connection = redis.connect()) {
      connection.save();
    }
    rows.put(id, 2);
    a.invalidate(id, /* isSeen= */ true);
    redis.restart();
    awaitReconnected();
    try (Jedis connection = redis.connect()) {
      assertThat(connection.keys("*:7")).as("the row of the dump").isNotEmpty();
    }
    assertThat(b.text(id)).startsWith("7 is 2");
    assertThat(a.text(id)).startsWith("7 is 2");
  }

  @Test
  void get_redisEmptied_loadsAgain() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    try (Jedis connection = redis.connect()) {
      connection.flushAll();
    }
    assertThat(b.text(id)).isEqualTo("7 is 1 LOADED");
    awaitLanded(b, 1);
  }

  @Test
  void get_epochEvicted_itsRowsCountAsNothing() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    try (Jedis connection = redis.connect()) {
      connection.keys("*}").forEach(connection::del);
    }
    assertThat(b.text(id)).isEqualTo("7 is 1 LOADED");
  }

  @Test
  void get_foreignValues_areMisses() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    try (Jedis connection = redis.connect()) {
      String key = connection.keys("*:7").iterator().next();
      byte[] value = connection.get(key.getBytes(StandardCharsets.UTF_8));
      value[value.length - 1] ^= 1;
      connection.set(key.getBytes(StandardCharsets.UTF_8), value);
      connection.pexpire(key, 50_000);
      assertThat(b.text(id)).as("one bit is wrong").isEqualTo("7 is 1 LOADED");
      assertThat(b.counts().unreadable()).isOne();

      b.evict(id);
      connection.set(key, "random bytes");
      assertThat(b.text(id)).as("not of ours").isEqualTo("7 is 1 LOADED");

      b.evict(id);
      connection.del(key);
      connection.rpush(key, "a list");
      assertThat(b.text(id)).as("another type").isEqualTo("7 is 1 LOADED");
    }
  }

  @Test
  void invalidate_subscriberCut_theOtherServesNothingOld() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    b.get(id);
    rows.put(id, 2);
    try (Jedis connection = redis.connect()) {
      connection.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "pubsub");
    }
    a.invalidate(id, /* isSeen= */ true);
    assertThat(b.text(id)).startsWith("7 is 2");
    b.awaitUsable();
    assertThat(b.text(id)).startsWith("7 is 2");
  }

  @Test
  void begin_anotherQuery_sharesNoRows() throws Exception {
    a.get(id);
    awaitLanded(a, 1);
    LookupSettings changed =
        LookupSettings.of("SELECT id, name, version, price FROM item WHERE id IN (:ids)")
            .withVersionColumn("version");
    try (TierInstance next = TierInstance.begin(TierSettings.of(redis.url()), changed, rows)) {
      next.awaitUsable();
      assertThat(next.text(id)).isEqualTo("7 is 1 LOADED");
      awaitLanded(next, 1);
      rows.put(id, 2);
      a.invalidate(id, /* isSeen= */ true);
      assertThat(next.text(id)).startsWith("7 is 2");
    }
  }

  @Test
  void begin_wrongPassword_answersFromTheDatabase() throws Exception {
    try (RedisServer closed = RedisServer.start("--requirepass", "secret")) {
      TierSettings right = TierSettings.of(closed.url());
      TierSettings wrong =
          new TierSettings(
              right.url(),
              "",
              Password.of("guess"),
              right.prefix(),
              right.timeout(),
              right.maxValueBytes(),
              right.ca());
      try (TierInstance refused = TierInstance.begin(wrong, rows)) {
        assertThat(refused.text(id)).isEqualTo("7 is 1 LOADED");
        assertThat(refused.tier().isConnected()).isFalse();
      }
    }
  }

  /**
   * Waits until each thread of both instances has a connection to the new process. With an old one,
   * a look would fail and be passed on to the database.
   */
  private void awaitReconnected() {
    try (Jedis connection = redis.connect()) {
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(TierInstance.TIMEOUT)
          .until(
              () -> connection.clientList(ClientType.NORMAL).lines().count(),
              clients -> clients == 1 + 2 * Exchange.WORKERS);
    }
    a.awaitUsable();
    b.awaitUsable();
  }

  private static void awaitLanded(TierInstance instance, int times) {
    await().atMost(TierInstance.TIMEOUT).until(() -> instance.counts().landed() >= times);
  }

  private static void awaitText(Callable<String> text, String start) {
    await().atMost(TierInstance.TIMEOUT).until(() -> text.call().startsWith(start));
  }
}
