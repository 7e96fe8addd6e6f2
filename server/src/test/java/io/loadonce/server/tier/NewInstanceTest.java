package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose word a new instance takes for the rows that are in a real Redis already. */
class NewInstanceTest {
  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();
  private RedisServer redis;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    rows.put(id, 1);
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  @Test
  void begin_anotherIsThere_isUsableBeforeItsNextHeartbeat() {
    Duration heartbeat = TierInstance.TIMEOUT.multipliedBy(2);
    try (TierInstance first = TierInstance.begin(redis, rows, heartbeat)) {
      first.awaitUsable();
      try (TierInstance second = TierInstance.begin(redis, rows, heartbeat)) {
        second.awaitUsable();
        assertThat(second.tier().isTrusted(TierInstance.LOOKUP.name())).isTrue();
      }
    }
  }

  /** What the database changes, the first one does not remove. */
  @Test
  void begin_anotherDoesNotListenToTheDatabase_readsNoRowThere() throws Exception {
    try (TierInstance first = TierInstance.start(redis, rows)) {
      first.get(id);
      await().atMost(TierInstance.TIMEOUT).until(() -> first.counts().landed() == 1);
      try (TierInstance second = TierInstance.start(redis, rows, new PushedFeed())) {
        assertThat(second.text(id)).isEqualTo("7 is 1 LOADED");
      }
    }
  }
}
