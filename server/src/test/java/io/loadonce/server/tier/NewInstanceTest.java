package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
  void begin_anotherIsThere_readsTheRowsBeforeItsNextHeartbeat() throws Exception {
    Duration heartbeat = TierInstance.TIMEOUT.multipliedBy(2);
    try (TierInstance first = begin(/* changes= */ null, heartbeat)) {
      load(first);
      try (TierInstance second = begin(/* changes= */ null, heartbeat)) {
        second.awaitUsable();
        assertThat(second.text(id)).isEqualTo("7 is 1 SHARED");
      }
    }
  }

  /** What the database changes, the first one does not remove. */
  @Test
  void begin_anotherDoesNotListenToTheDatabase_readsNoRowThere() throws Exception {
    Duration heartbeat = Duration.ofSeconds(1);
    try (TierInstance first = begin(/* changes= */ null, heartbeat)) {
      load(first);
      try (TierInstance second = begin(new PushedFeed(), heartbeat)) {
        second.awaitUsable();
        assertThat(second.text(id)).isEqualTo("7 is 1 LOADED");
      }
    }
  }

  private TierInstance begin(@Nullable PushedFeed changes, Duration heartbeat) {
    return TierInstance.begin(redis, rows, changes, heartbeat);
  }

  /** The row is in Redis when it returns. */
  private void load(TierInstance instance) throws Exception {
    instance.awaitUsable();
    instance.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> instance.counts().landed() == 1);
  }
}
