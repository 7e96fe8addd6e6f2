package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.LookupSettings;
import java.time.Duration;
import redis.clients.jedis.RedisClient;

/** The rungs, from the bottom to the top. */
enum RungKind {
  CACHE_ASIDE("cache-aside with Redis"),
  POLL_AND_SLEEP("lock, the others only look"),
  LOCK_WITHOUT_TOKEN("lock per id, DEL unlocks"),
  LOCK_WITH_TOKEN("lock per id, token unlocks"),
  DOUBLE_DELETE("delayed double delete, 500 ms"),
  LOADONCE("Loadonce");

  private static final Duration DELETED_AGAIN = Duration.ofMillis(500);

  private final String title;

  RungKind(String title) {
    this.title = title;
  }

  /** Its name in the table. */
  String title() {
    return title;
  }

  Rung open(RedisClient redis, String redisUrl, Database database, LookupSettings lookup)
      throws InterruptedException {
    if (this == LOADONCE) {
      return new SharedOurs(redisUrl, database, lookup);
    }
    RedisRows rows = new RedisRows(redis, database.source(lookup, StructForm.ofOne(row -> row)));
    return switch (this) {
      case CACHE_ASIDE -> new RedisCacheAside(rows, Duration.ZERO);
      case POLL_AND_SLEEP -> new RedisLock(rows, /* hasToken= */ true, RedisLock.Waiters.LOOK_ONLY);
      case LOCK_WITHOUT_TOKEN ->
          new RedisLock(rows, /* hasToken= */ false, RedisLock.Waiters.TRY_AGAIN);
      case LOCK_WITH_TOKEN ->
          new RedisLock(rows, /* hasToken= */ true, RedisLock.Waiters.TRY_AGAIN);
      case DOUBLE_DELETE -> new RedisCacheAside(rows, DELETED_AGAIN);
      case LOADONCE -> throw new AssertionError("opened above");
    };
  }
}
