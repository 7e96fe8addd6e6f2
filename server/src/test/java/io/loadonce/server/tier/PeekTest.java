package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator is told of a real Redis. */
@Timeout(60)
class PeekTest {

  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();

  @Test
  void held_eachState_isSaidAndNothingIsLoaded() throws Exception {
    rows.put(id, 4);
    RedisServer redis = RedisServer.start();
    try (redis;
        TierInstance instance = TierInstance.start(redis, rows)) {
      assertThat(held(instance, id)).isEqualTo("has nothing for the id");

      CountDownLatch read = rows.hold();
      var answer = instance.ask(id);
      rows.awaitRead();
      assertThat(held(instance, id))
          .isEqualTo("has no row of the id; an instance has the lease to load it");

      read.countDown();
      answer.get(10, TimeUnit.SECONDS);
      await().until(() -> instance.counts().landed() == 1);
      assertThat(held(instance, id))
          .matches(
              "a row of \\d+ bytes, version 4, read from the database \\d\\.\\d{3} s ago,"
                  + " expires in 5\\d\\.\\d{3} s");

      rows.holdNoMore();
      instance.get(Key.of(404));
      await().until(() -> instance.counts().landed() == 2);
      assertThat(held(instance, Key.of(404))).startsWith("a cached \"not found\", read from");

      instance.invalidate(id, /* isSeen= */ false);
      assertThat(held(instance, id)).isEqualTo("has nothing for the id");
      assertThat(rows.queries()).isEqualTo(2);

      redis.close();
      await().until(() -> held(instance, id).startsWith("cannot be reached at present"));
    }
  }

  private static String held(TierInstance instance, Key id) throws Exception {
    return instance.tier().held(TierInstance.LOOKUP.name(), id).get(10, TimeUnit.SECONDS);
  }
}
