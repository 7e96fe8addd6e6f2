package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/** An engine for tests, with texts as ids and rows, and a check that it is idle at the end. */
final class EngineFixture {

  /** A minute to live, 5 s for a cached "not found", no jitter, room for thousands of entries. */
  static final CacheSettings CACHE =
      new CacheSettings(
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(5),
          /* jitter= */ 0,
          /* maxBytes= */ 1 << 20,
          /* maxNegativeBytes= */ 1 << 16);

  /** No early refresh, nothing stale on an error, stale rows for 2 s after a disconnect. */
  static final LoadSettings LOAD =
      new LoadSettings(/* earlyRefresh= */ 0, Duration.ZERO, Duration.ofSeconds(2));

  /** Four segments, 3 waiters an id and 8 in total, a load of 5 s, abandoned after 30 ms. */
  static final LockSettings LOCK =
      new LockSettings(4, 3, 8, Duration.ofSeconds(5), Duration.ofMillis(30));

  private final WaiterBudget waiters;
  private final Loaders loaders;
  private final Availability availability = new Availability();
  private final LoadOnce<String, String> engine;

  EngineFixture(Source<String, String> database, LongSupplier clock) {
    this(CACHE, LOAD, LOCK, database, clock);
  }

  EngineFixture(
      CacheSettings cache,
      LoadSettings load,
      LockSettings lock,
      Source<String, String> database,
      LongSupplier clock) {
    this(cache, load, lock, database, clock, LoaderThreads.SHARED);
  }

  EngineFixture(
      CacheSettings cache,
      LoadSettings load,
      LockSettings lock,
      Source<String, String> database,
      LongSupplier clock,
      Executor threads) {
    this.waiters = new WaiterBudget(lock.maxWaiters());
    this.loaders = new Loaders(database.connections(), threads);
    this.engine =
        new LoadOnce<>(
            new MemoryCache<>(cache, String::length, String::length),
            load,
            lock,
            database,
            new Shared(waiters, loaders, availability),
            clock,
            /* first= */ null);
  }

  LoadOnce<String, String> engine() {
    return engine;
  }

  int waiters() {
    return waiters.waiters();
  }

  Loaders loaders() {
    return loaders;
  }

  Availability availability() {
    return availability;
  }

  /** Waits until nothing is left of any call. */
  void awaitIdle() {
    Awaitility.await()
        .atMost(WaitingCaller.TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(engine.flights()).as("flights").isZero();
              assertThat(waiters.waiters()).as("waiters").isZero();
              assertThat(loaders.inUse()).as("loaders").isZero();
            });
  }
}
