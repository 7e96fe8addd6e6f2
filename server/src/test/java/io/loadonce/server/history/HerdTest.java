package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G1, counted in the database: callers that all missed and join the lock one after the other. */
@Tag("slow")
class HerdTest {
  private static final int IDS = 200;
  private static final int CALLERS = 4;
  private static final Duration WAIT = Duration.ofSeconds(10);

  /** Longer than a load takes: some callers join after the load that they missed has ended. */
  private static final long MAX_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  @Test
  void join_missedBeforeTheLoadEnded_loadsEachIdOnce() throws Exception {
    try (CountedDatabase database = CountedDatabase.postgres();
        OneLookup.Open<Row> source = database.settings().open();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      LoadOnce<Key, Row> engine =
          new LoadOnce<>(
              new MemoryCache<>(Variant.PLAIN.cache(), _ -> 8, _ -> 8),
              LoadSettings.DEFAULTS,
              LockSettings.DEFAULTS,
              source,
              System::nanoTime);
      CyclicBarrier missed = new CyclicBarrier(CALLERS);
      List<Future<?>> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        SplittableRandom random = new SplittableRandom(caller);
        callers.add(
            threads.submit(
                () -> {
                  for (int id = 0; id < IDS; id++) {
                    call(engine, Key.of(Integer.toString(id)), missed, random);
                  }
                  return null;
                }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
      Map<String, Long> loads = database.loadsPerId();
      assertThat(loads).hasSize(IDS);
      assertThat(loads.values()).containsOnly(1L);
    }
  }

  private static void call(
      LoadOnce<Key, Row> engine, Key id, CyclicBarrier missed, SplittableRandom random)
      throws Exception {
    assertThat(engine.look(id, Freshness.ANY)).isNull();
    missed.await();
    LockSupport.parkNanos(random.nextLong(MAX_LATE_NANOS));
    CompletableFuture<Outcome<Row>> answer = new CompletableFuture<>();
    var _ = engine.join(id, Freshness.ANY, WAIT, answer::complete);
    answer.get(WAIT.toSeconds(), TimeUnit.SECONDS);
  }
}
