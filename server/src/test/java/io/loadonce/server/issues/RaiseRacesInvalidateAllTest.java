package io.loadonce.server.issues;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.StallingSource;
import io.loadonce.server.load.WaitingCaller;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * An invalidated row returned to the cache. A fenced flight raises the cached row if its own is
 * newer; it compared first and wrote afterwards. An invalidation of everything empties the cache
 * without the mutex that the flight holds, so it could run between the two:
 *
 * <pre>
 *   1  F  is the flight of a caller with min_version 2; version 1 is cached. F reads version 2
 *   2  W  commits version 3, and calls Invalidate(all): F is fenced
 *   3  F  ends: version 1 is cached, so version 2 must replace it
 *   4  W  empties the cache, and Invalidate returns
 *   5  F  writes version 2: the next Get returns it, although it was read before 4
 * </pre>
 *
 * <p>Found in a code review, on 2026-11-26. Now the comparison and the write are one atomic step of
 * the cache.
 */
class RaiseRacesInvalidateAllTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String NEW_ROW = "version 2";

  private final CountDownLatch weighing = new CountDownLatch(1);
  private final CountDownLatch weighed = new CountDownLatch(1);
  private final StallingSource database = new StallingSource(1);
  private final MemoryCache<String, String> cache =
      new MemoryCache<>(
          new CacheSettings(MINUTE, MINUTE, MINUTE, 0, 1 << 20, 1 << 16),
          String::length,
          this::holdAtTheNewRow);
  private final LoadOnce<String, String> engine =
      new LoadOnce<>(
          cache, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, database, System::nanoTime);

  @Test
  void complete_everythingInvalidatedWhileARowIsRaised_staysInvalidated() throws Exception {
    WaitingCaller caller = new WaitingCaller();
    engine.join("a", Freshness.ofVersion(2), MINUTE, caller);
    StallingSource.PendingQuery asked = database.next();
    engine.invalidateAll();
    // As if the cache had not been emptied yet.
    cache.fill("a", "version 1", 1, System.nanoTime());

    asked.find(Map.of("a", new SourceRow.Found<>(NEW_ROW, /* version= */ 2)));
    weighing.await();
    Thread emptying = Thread.ofPlatform().start(cache::removeAll);
    Awaitility.await()
        .atMost(WaitingCaller.TIMEOUT)
        .until(() -> !emptying.isAlive() || emptying.getState() == Thread.State.BLOCKED);
    weighed.countDown();
    emptying.join();

    assertThat(caller.outcome()).isNotNull();
    assertThat(cache.get("a")).isNull();
  }

  private int holdAtTheNewRow(String row) {
    if (row.equals(NEW_ROW)) {
      weighing.countDown();
      try {
        weighed.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return row.length();
  }
}
