package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.UUID;

/**
 * A lock in Redis for each id, taken with {@code SET NX PX}. The caller that gets it looks again
 * and loads; the others sleep and look again.
 */
final class RedisLock implements Rung {

  /** What the callers do that do not get the lock. */
  enum Waiters {
    /** They try to get the lock after each pause. */
    TRY_AGAIN,

    /** They only look whether the row is there, and load it without the lock in the end. */
    LOOK_ONLY
  }

  /** How long a lock lasts if it is not released. */
  static final Duration LASTS = Duration.ofSeconds(1);

  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int LOOKS = 10;

  private final RedisRows rows;
  private final boolean hasToken;
  private final Waiters waiters;

  /**
   * @param hasToken whether a caller releases its own lock only
   */
  RedisLock(RedisRows rows, boolean hasToken, Waiters waiters) {
    this.rows = rows;
    this.hasToken = hasToken;
    this.waiters = waiters;
  }

  @Override
  public long version(Key id) throws SourceException, InterruptedException {
    String token = UUID.randomUUID().toString();
    for (int look = 0; ; look++) {
      Long hit = rows.cached(id);
      if (hit != null) {
        return hit;
      }
      boolean isTried = look == 0 || waiters == Waiters.TRY_AGAIN;
      if (isTried && rows.lock(id, token, LASTS)) {
        return load(id, token);
      }
      if (waiters == Waiters.LOOK_ONLY && look == LOOKS) {
        return rows.load(id);
      }
      Thread.sleep(PAUSE);
    }
  }

  @Override
  public void invalidate(Key id) {
    rows.remove(id);
  }

  private long load(Key id, String token) throws SourceException {
    try {
      Long hit = rows.cached(id);
      return hit == null ? rows.load(id) : hit;
    } finally {
      if (hasToken) {
        rows.unlock(id, token);
      } else {
        rows.unlock(id);
      }
    }
  }
}
