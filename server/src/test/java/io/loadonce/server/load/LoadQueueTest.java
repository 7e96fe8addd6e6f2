package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the queue says about the next id. A query takes 1 ms for each of its ids, 256 at most. */
class LoadQueueTest {

  private static final int MAX_IDS = 256;

  private final AtomicLong now = new AtomicLong();
  private final WaiterBudget waiters = new WaiterBudget(1_000);
  private final FlightTable<String, Outcome<String>> table =
      new FlightTable<>(LockSettings.DEFAULTS, waiters);

  private final List<Runnable> notRunning = new ArrayList<>();
  private Executor threads = Runnable::run;
  private int flights;

  private final Source<String, String> database =
      new Source<>() {
        @Override
        public SourceQuery<String, String> query(List<String> ids) {
          return new SourceQuery<>() {
            @Override
            public Map<String, SourceRow<String>> run() throws SourceException {
              now.addAndGet(Duration.ofMillis(ids.size()).toNanos());
              return Map.of();
            }

            @Override
            public void cancel() {}
          };
        }

        @Override
        public int connections() {
          return 1;
        }

        @Override
        public int maxIdsPerQuery() {
          return MAX_IDS;
        }
      };

  private final LoadStatistics<String> statistics = new LoadStatistics<>(now::get);

  private final LoadQueue<String, String> queue =
      new LoadQueue<>(
          database,
          new Shared(waiters, new Loaders(1, task -> threads.execute(task)), new Availability()),
          new FlightEnd<>(
              new MemoryCache<>(EngineFixture.CACHE, String::length, String::length),
              table,
              new FreshnessPolicy<>(LoadSettings.DEFAULTS),
              statistics,
              now::get),
          statistics,
          Duration.ofMinutes(1),
          now::get);

  /** Callers have a second, so a query may take 250 ms: it carries 128 ids. */
  @BeforeEach
  void learn() {
    for (int ids = 1; ids <= MAX_IDS; ids *= 2) {
      queue.add(flights(ids));
    }
    threads = notRunning::add;
  }

  @Test
  void hasRoomForRefreshes_oneQueryIsQueued_isFalse() {
    queue.add(flights(127));
    assertThat(queue.hasRoomForRefreshes()).isTrue();
    queue.add(flights(1));
    assertThat(queue.hasRoomForRefreshes()).isFalse();
  }

  @Test
  void delay_callersHaveHardlyAnyTime_queriesKeepASmallSize() {
    for (int call = 0; call < 1_000; call++) {
      queue.called(Duration.ofMillis(1).toNanos());
    }
    queue.add(flights(16));

    // Of 8 ids: more would take longer than the 10 ms that a query may always take.
    assertThat(queue.delay(0).queryNanos()).isEqualTo(Duration.ofMillis(8).toNanos());
  }

  private Collection<Flight<String, Outcome<String>>> flights(int count) {
    List<Flight<String, Outcome<String>>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      begun.add(Objects.requireNonNull(table.beginRefresh("id " + flights++, now.get())));
    }
    return begun;
  }
}
