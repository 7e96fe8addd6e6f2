package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/** The rows in Redis, as most services keep them: a key for each id, set after a load. */
final class RedisRows {
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(1);
  private static final String UNLOCK =
      "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return"
          + " 0";

  private final RedisClient redis;
  private final Source<Key, Row> source;

  RedisRows(RedisClient redis, Source<Key, Row> source) {
    this.redis = redis;
    this.source = source;
  }

  /** The version that Redis has; null for none. */
  @Nullable Long cached(Key id) {
    String text = redis.get(key(id));
    return text == null ? null : Long.valueOf(text);
  }

  /** Queries the database and puts the row into Redis. */
  long load(Key id) throws SourceException {
    long version =
        switch (source.query(List.of(id)).run().get(id)) {
          case SourceRow.Found<Row> found -> found.value().version();
          case SourceRow.Unusable<Row> unusable -> throw unusable.reason();
          case SourceRow.NotRead<Row> _ -> throw new IllegalStateException("one id always fits");
          case null -> throw new SourceException.InvalidRow("there is no row for this id");
        };
    redis.set(key(id), Long.toString(version), SetParams.setParams().px(TIME_TO_LIVE.toMillis()));
    return version;
  }

  void remove(Key id) {
    redis.del(key(id));
  }

  /** Takes the lock of the id if nobody has it; it ends by itself after the time. */
  boolean lock(Key id, String token, Duration time) {
    return redis.set(lockKey(id), token, SetParams.setParams().nx().px(time.toMillis())) != null;
  }

  /** Releases the lock, also if another caller has it by now. */
  void unlock(Key id) {
    redis.del(lockKey(id));
  }

  /** Releases the lock if it was taken with this token. */
  void unlock(Key id, String token) {
    redis.eval(UNLOCK, List.of(lockKey(id)), List.of(token));
  }

  private static String key(Key id) {
    return "city:" + id.text();
  }

  private static String lockKey(Key id) {
    return "lock:" + id.text();
  }
}
