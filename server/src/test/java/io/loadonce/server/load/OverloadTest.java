package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * More uncached ids than the database bears, simulated: time passes on a clock of the test, a
 * millisecond after the other, and each step ends when all loaders wait for the database again.
 */
class OverloadTest {
  private static final int CONNECTIONS = 8;

  /** What each of the databases below bears, in ids a second. */
  private static final int CAPACITY = 1_600;

  private static final Duration STEP = Duration.ofMillis(1);
  private static final int SWEEP_STEPS = 10;
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration MEASURED = Duration.ofSeconds(2);

  private static final CacheSettings NO_CACHE =
      new CacheSettings(
          Duration.ZERO, CacheSettings.NEVER, Duration.ZERO, /* jitter= */ 0, 1 << 20, 1 << 16);

  private final long seed = Long.getLong("overload.seed", 20261128);
  private final AtomicLong now = new AtomicLong();
  private final AtomicLong good = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private long nextId;

  /** Whether the answers of this moment belong to the call that is being made. */
  private boolean calling;

  private final AtomicLong refusedLater = new AtomicLong();

  @ParameterizedTest
  @CsvSource({"1, 1000", "3, 1000", "1, 100", "3, 100", "10, 100", "10, 10000"})
  void join_eachRowCostsTime_goodputStays(int times, long deadlineMillis) {
    assertGoodput(eachRowCosts(), times, Duration.ofMillis(deadlineMillis));
  }

  @Test
  void join_tenTimesTheLoad_goodputStays() {
    assertGoodput(eachRowCosts(), 10, Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "10, 1000", "10, 100", "10, 10000"})
  void join_eachQueryCostsTime_goodputStays(int times, long deadlineMillis) {
    SimulatedDatabase database = new SimulatedDatabase(CONNECTIONS, 4, now::get, seed);
    database.costs(Duration.ofMillis(20), Duration.ZERO);
    assertGoodput(database, times, Duration.ofMillis(deadlineMillis));
  }

  @Test
  void getAll_moreIdsThanComeInTime_restIsRefusedAtOnce() {
    SimulatedDatabase database = eachRowCosts();
    EngineFixture fixture = fixture(database);
    run(fixture, database, 3 * CAPACITY, Duration.ofSeconds(1), WARM_UP);
    run(fixture, database, /* perSecond= */ 0, Duration.ofSeconds(1), WARM_UP);
    good.set(0);
    refused.set(0);
    late.set(0);
    List<String> ids = IntStream.range(0, 4 * CAPACITY).mapToObj(i -> "in a batch " + i).toList();
    calling = true;
    var _ =
        fixture
            .engine()
            .getAll(ids, Freshness.ANY, Duration.ofSeconds(1), (outcome, _) -> answered(outcome));
    calling = false;
    assertThat(refused.get()).as("refused at once").isGreaterThan(2 * CAPACITY);
    run(fixture, database, /* perSecond= */ 0, Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(late.get()).as("neither answered nor refused in time").isZero();
    assertThat(good.get() + refused.get()).isEqualTo(ids.size());
  }

  @Test
  void join_databaseSlowsDown_goodputFollows() {
    SimulatedDatabase database = new SimulatedDatabase(CONNECTIONS, 256, now::get, seed);
    EngineFixture fixture = fixture(database);
    database.costs(Duration.ofMillis(10), Duration.ofNanos(100_000));
    run(fixture, database, 5 * CAPACITY, Duration.ofSeconds(1), Duration.ofSeconds(2));
    database.costs(Duration.ZERO, Duration.ofMillis(5));
    run(fixture, database, 5 * CAPACITY, Duration.ofSeconds(1), Duration.ofSeconds(2));
    long before = good.get();
    run(fixture, database, 5 * CAPACITY, Duration.ofSeconds(1), MEASURED);
    assertThat(good.get() - before).isGreaterThan(8 * CAPACITY * MEASURED.toSeconds() / 10);
  }

  private SimulatedDatabase eachRowCosts() {
    SimulatedDatabase database = new SimulatedDatabase(CONNECTIONS, 256, now::get, seed);
    database.costs(Duration.ZERO, Duration.ofMillis(5));
    return database;
  }

  private void assertGoodput(SimulatedDatabase database, int times, Duration deadline) {
    EngineFixture fixture = fixture(database);
    // A little less than the database bears, so that no queue must form.
    int perSecond = times == 1 ? CAPACITY * 94 / 100 : times * CAPACITY;
    run(fixture, database, perSecond, deadline, WARM_UP);
    long before = good.get();
    run(fixture, database, perSecond, deadline, MEASURED);
    assertThat(good.get() - before)
        .as("good answers, seed %d, refused %s, late %s", seed, refused, late)
        .isGreaterThan(8 * CAPACITY * MEASURED.toSeconds() / 10);
    assertThat(refusedLater.get()).as("calls refused after a wait").isZero();
  }

  private EngineFixture fixture(SimulatedDatabase database) {
    return new EngineFixture(
        NO_CACHE, EngineFixture.LOAD, LockSettings.DEFAULTS, database, now::get);
  }

  private void run(
      EngineFixture fixture,
      SimulatedDatabase database,
      int perSecond,
      Duration deadline,
      Duration time) {
    long calls = 0;
    long steps = time.dividedBy(STEP);
    for (long step = 1; step <= steps; step++) {
      now.addAndGet(STEP.toNanos());
      database.endDue();
      settle(fixture, database);
      for (long due = perSecond * step * STEP.toMillis() / 1_000; calls < due; calls++) {
        call(fixture.engine(), deadline);
      }
      settle(fixture, database);
      if (step % SWEEP_STEPS == 0) {
        fixture.engine().sweep();
        settle(fixture, database);
      }
    }
  }

  private void call(LoadOnce<String, String> engine, Duration deadline) {
    calling = true;
    var _ =
        engine.join(Long.toString(nextId++), Freshness.ANY, deadline, outcome -> answered(outcome));
    calling = false;
  }

  private void answered(Outcome<String> outcome) {
    if (outcome instanceof Found) {
      good.incrementAndGet();
    } else if (outcome instanceof Refused) {
      refused.incrementAndGet();
      refusedLater.addAndGet(calling ? 0 : 1);
    } else {
      late.incrementAndGet();
    }
  }

  /** Waits until each loader runs a query or has ended. */
  private static void settle(EngineFixture fixture, SimulatedDatabase database) {
    long until = System.nanoTime() + WaitingCaller.TIMEOUT.toNanos();
    while (fixture.loaders().inUse() != database.running()) {
      Thread.onSpinWait();
      assertThat(System.nanoTime() - until).as("the loaders are not idle").isNegative();
    }
  }
}
