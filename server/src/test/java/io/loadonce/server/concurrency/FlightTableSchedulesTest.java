package io.loadonce.server.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.JoinResult;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.Publication;
import io.loadonce.server.lock.Waiter;
import io.loadonce.server.lock.WaiterBudget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The lock under schedules that Lincheck picks: each test is run some hundred times, with the
 * threads switched at another place every time. LockBugsTest breaks the lock and sees these turn
 * red.
 */
@Tag("slow")
class FlightTableSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("schedules", 200);

  /**
   * How many schedules ran, since a check that ran nothing is red. Outside of the heap, because
   * Lincheck puts the heap back to what it was before each schedule.
   */
  private static final ByteBuffer explored = ByteBuffer.allocateDirect(Long.BYTES);

  @AfterEach
  void requireSchedules() {
    long ran = explored.getLong(0);
    explored.putLong(0, 0);
    assertThat(ran).as("schedules explored").isGreaterThanOrEqualTo(Math.min(SCHEDULES, 100));
  }

  @Test
  void get_twoCallersMissTogether_loadOnce() {
    explore(
        () -> {
          Engine engine = new Engine();
          inParallel(engine::get, engine::get);
          require(engine.loads.get() == 1, "one load");
          require(engine.answers.get() == 2, "two answers");
          engine.assertIdle();
        });
  }

  @Test
  void invalidate_duringALoad_laterGetsFindNothingOlder() {
    explore(
        () -> {
          Engine engine = new Engine();
          inParallel(
              engine::get,
              () -> {
                engine.database.set(2);
                engine.invalidate();
              });
          require(!Objects.equals(engine.memory.get(), 1), "nothing old in memory");
          require(Objects.equals(engine.get(), 2), "version 2 after the invalidation");
          engine.assertIdle();
        });
  }

  @Test
  void invalidate_once_loadsTwiceAtMost() {
    explore(
        () -> {
          Engine engine = new Engine();
          inParallel(
              engine::get,
              () -> {
                engine.invalidate();
                engine.get();
              },
              engine::get);
          require(engine.loads.get() <= 2, "a load before and a load after");
          require(engine.answers.get() == 3, "three answers");
          engine.assertIdle();
        });
  }

  @Test
  void withdraw_whileTheFlightEnds_isAnsweredOrWithdrawnAndNeverBoth() {
    explore(
        () -> {
          WaiterBudget waiters = new WaiterBudget(10);
          FlightTable<String, Integer> table = newTable(waiters);
          AtomicInteger answered = new AtomicInteger();
          AtomicInteger withdrawn = new AtomicInteger();
          Waiter<String, Integer> waiter = waiter(answered);
          Flight<String, Integer> flight = begin(table, waiter);
          inParallel(
              () ->
                  table
                      .complete(flight, 1, new Memory(new AtomicReference<>()))
                      .waiters()
                      .forEach(freed -> freed.answer(1)),
              () -> withdrawn.addAndGet(table.withdraw(waiter, 0) ? 1 : 0),
              () ->
                  table
                      .sweep(2_000, /* mayContinueAlone= */ true)
                      .departed()
                      .forEach(departed -> departed.waiter().answer(departed.outcome())));
          require(answered.get() + withdrawn.get() == 1, "answered or withdrawn");
          require(waiters.waiters() == 0 && table.flights() == 0, "an empty table");
        });
  }

  @Test
  void join_atTheCap_neverMoreWaitersThanTheCap() {
    explore(
        () -> {
          WaiterBudget waiters = new WaiterBudget(1);
          FlightTable<String, Integer> table =
              new FlightTable<>(
                  new LockSettings(1, 10, 1, Duration.ofSeconds(5), Duration.ofSeconds(1)),
                  waiters);
          AtomicInteger inside = new AtomicInteger();
          Runnable caller =
              () -> {
                JoinResult<String, Integer> result =
                    table.join(waiter(new AtomicInteger()), _ -> null, 0);
                inside.addAndGet(result instanceof JoinResult.AllIsFull ? 0 : 1);
              };
          inParallel(caller, caller);
          require(inside.get() <= 1, "no more inside than the cap");
          require(waiters.waiters() == inside.get(), "waiters counted");
        });
  }

  private static void explore(Runnable schedule) {
    Lincheck.runConcurrentTest(
        SCHEDULES,
        () -> {
          explored.putLong(0, explored.getLong(0) + 1);
          schedule.run();
        });
  }

  /** Lincheck follows every call in a schedule; an assertion library is too much for it. */
  private static void require(boolean holds, String expected) {
    if (!holds) {
      throw new AssertionError("expected: " + expected);
    }
  }

  private static void inParallel(Runnable... parts) {
    Thread[] threads = new Thread[parts.length];
    for (int i = 0; i < parts.length; i++) {
      threads[i] = new Thread(parts[i]);
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static FlightTable<String, Integer> newTable(WaiterBudget waiters) {
    return new FlightTable<>(
        new LockSettings(1, 10, 10, Duration.ofSeconds(5), Duration.ofNanos(0)), waiters);
  }

  private static Waiter<String, Integer> waiter(AtomicInteger answers) {
    return new Waiter<>("id", 1_000, 1_000, new Counted(answers));
  }

  private static Flight<String, Integer> begin(
      FlightTable<String, Integer> table, Waiter<String, Integer> waiter) {
    return switch (table.join(waiter, _ -> null, 0)) {
      case Began<String, Integer>(Flight<String, Integer> flight) -> flight;
      case JoinResult<String, Integer> other -> throw new AssertionError(other);
    };
  }

  /** Counts its answers, and is too late at its deadline. */
  private record Counted(AtomicInteger answers) implements Waiter.Handler<Integer> {
    @Override
    public void handle(Integer outcome) {
      answers.getAndIncrement();
    }

    @Override
    public Integer earlyOutcome(long nowNanos) {
      return 0;
    }

    @Override
    public Integer lateOutcome() {
      return 0;
    }
  }

  /**
   * Publishes into one place; raises nothing. The place is written here and not in a function that
   * is passed in: Lincheck does not switch threads in those.
   */
  private record Memory(AtomicReference<@Nullable Integer> place) implements Publication<Integer> {
    @Override
    public void publish(Integer outcome) {
      place.set(outcome);
    }

    @Override
    public boolean raise(Integer outcome) {
      return false;
    }

    @Override
    public Integer newer(Integer own, Integer other) {
      return own;
    }
  }

  /** The smallest engine around the lock: one id, one version in the database, one in the cache. */
  private static final class Engine {
    final WaiterBudget waiters = new WaiterBudget(10);
    final FlightTable<String, Integer> table = newTable(waiters);
    final AtomicInteger database = new AtomicInteger(1);
    final AtomicInteger loads = new AtomicInteger();
    final AtomicInteger answers = new AtomicInteger();

    /** Not a field written in a lambda: Lincheck would not switch threads at it. */
    final AtomicReference<@Nullable Integer> memory = new AtomicReference<>();

    /** Loads on the calling thread; the caller that loads answers those that joined. */
    @Nullable Integer get() {
      Integer hit = memory.get();
      if (hit != null) {
        answers.getAndIncrement();
        return hit;
      }
      Waiter<String, Integer> waiter = waiter(answers);
      return switch (table.join(waiter, _ -> memory.get(), 0)) {
        case Began<String, Integer>(Flight<String, Integer> flight) -> load(flight);
        case Hit<String, Integer>(Integer found) -> {
          answers.getAndIncrement();
          yield found;
        }
        case JoinResult.Joined<String, Integer> _ -> null;
        case JoinResult.IdIsFull<String, Integer> full -> throw new AssertionError(full);
        case JoinResult.AllIsFull<String, Integer> full -> throw new AssertionError(full);
      };
    }

    void invalidate() {
      table.fence("id", () -> memory.set(null));
    }

    void assertIdle() {
      require(table.flights() == 0 && waiters.waiters() == 0, "an empty table");
    }

    private Integer load(Flight<String, Integer> flight) {
      loads.getAndIncrement();
      int version = database.get();
      table
          .complete(flight, version, new Memory(memory))
          .waiters()
          .forEach(waiter -> waiter.answer(version));
      return version;
    }
  }
}
