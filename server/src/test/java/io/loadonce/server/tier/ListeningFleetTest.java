package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that learn of changes from the database, and share a real Redis. */
class ListeningFleetTest {
  private static RedisServer redis;

  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();
  private final PushedFeed toA = new PushedFeed();
  private final PushedFeed toB = new PushedFeed();
  private TierInstance a;
  private TierInstance b;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    if (redis != null) {
      redis.close();
    }
  }

  @BeforeEach
  void startInstances() throws Exception {
    try (var connection = redis.connect()) {
      connection.flushAll();
    }
    rows.put(id, 1);
    a = TierInstance.start(redis, rows, toA);
    b = TierInstance.start(redis, rows, toB);
    // Once more if Redis did not answer in time, on a busy machine: then no row is put into it.
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> {
              a.evict(id);
              a.get(id);
              return a.counts().landed() > 0;
            });
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
  }

  @AfterEach
  void stopInstances() {
    a.close();
    b.close();
  }

  @Test
  void begin_anotherListens_readsTheRowsThere() throws Exception {
    try (TierInstance third = TierInstance.start(redis, rows, new PushedFeed())) {
      assertThat(third.text(id)).isEqualTo("7 is 1 SHARED");
    }
  }

  @Test
  void push_change_noInstanceReadsTheOldRowInRedis() throws Exception {
    rows.put(id, 2);
    toB.push(id);
    assertThat(nextRow(b)).startsWith("7 is 2");
    toA.push(id);
    assertThat(nextRow(a)).startsWith("7 is 2");
    assertThat(b.text(id)).startsWith("7 is 2");
  }

  @Test
  void down_onOneInstance_itDoesNotReadRedisUntilItListensAgain() throws Exception {
    toA.down();
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(() -> !a.tier().isTrusted(TierInstance.LOOKUP.name()));
    rows.put(id, 2);
    toB.push(id);
    awaitText(() -> a.text(id), "7 is 2 LOADED");
    toA.up();
    a.awaitUsable();
    assertThat(a.text(id)).startsWith("7 is 2");
    awaitText(() -> b.text(id), "7 is 2");
  }

  @Test
  void down_onAllInstances_noRowOfBeforeIsReadFromRedis() throws Exception {
    toA.down();
    toB.down();
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () ->
                !a.tier().isTrusted(TierInstance.LOOKUP.name())
                    && !b.tier().isTrusted(TierInstance.LOOKUP.name()));
    rows.put(id, 2);
    toA.up();
    toB.up();
    a.awaitUsable();
    b.awaitUsable();
    assertThat(a.text(id)).startsWith("7 is 2");
    assertThat(b.text(id)).startsWith("7 is 2");
  }

  @Test
  void get_redisStandsStill_rowsStayFresh() throws Exception {
    redis.suspend();
    try {
      assertThat(a.text(id)).isEqualTo("7 is 1 MEMORY");
      rows.put(id, 2);
      toA.push(id);
      awaitText(() -> a.text(id), "7 is 2");
    } finally {
      redis.resume();
    }
    a.awaitUsable();
    a.evict(id);
    assertThat(a.text(id)).startsWith("7 is 2");
  }

  /** The first row that is not that of the cache. */
  private String nextRow(TierInstance instance) {
    return await()
        .atMost(TierInstance.TIMEOUT)
        .until(
            () -> instance.text(id), text -> !text.endsWith("MEMORY") && !text.endsWith("STALE"));
  }

  private static void awaitText(Callable<String> text, String start) {
    await().atMost(TierInstance.TIMEOUT).until(() -> text.call().startsWith(start));
  }
}
