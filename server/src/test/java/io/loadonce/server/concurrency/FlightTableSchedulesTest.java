package io.loadonce.server.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.JoinResult;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.Waiter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The lock under schedules that Lincheck picks: each test is run some thousand times, with the
 * threads switched at another place every time. PlantedBugsTest breaks the lock and sees these turn
 * red.
 */
class FlightTableSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("schedules", 1_000);

  /**
   * How many schedules ran, since a check that ran nothing is red. Outside of the heap, because
   * Lincheck puts the heap back to what it was before each schedule.
   */
  private static final ByteBuffer explored = ByteBuffer.allocateDirect(Long.BYTES);

  @AfterEach
  void printAndRequireSchedules(TestInfo test) {
    long ran = explored.getLong(0);
    explored.putLong(0, 0);
    System.out.printf("schedules explored: %,d  %s%n", ran, test.getDisplayName());
    assertThat(ran).isGreaterThanOrEqualTo(Math.min(SCHEDULES, 100));
  }

  @Test
  void get_twoMissTogether_loadOnce() {
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
  void invalidate_duringALoad_nothingOlderIsFoundAfterwards() {
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
  void withdraw_whileItLands_answeredOrWithdrawnNeverBoth() {
    explore(
        () -> {
          FlightTable<String, Integer> lock = newLock();
          AtomicInteger answered = new AtomicInteger();
          AtomicInteger withdrawn = new AtomicInteger();
          Waiter<String, Integer> waiter =
              new Waiter<>("id", 1_000, _ -> answered.getAndIncrement());
          Flight<String, Integer> flight = begin(lock, waiter);
          inParallel(
              () -> lock.complete(flight, () -> {}).forEach(freed -> freed.answer(1)),
              () -> withdrawn.addAndGet(lock.withdraw(waiter, 0) ? 1 : 0),
              () -> lock.sweep(2_000, /* mayGoOn= */ true).late().forEach(late -> late.answer(0)));
          require(answered.get() + withdrawn.get() == 1, "answered or withdrawn");
          require(lock.waiters() == 0 && lock.flights() == 0, "an empty table");
        });
  }

  @Test
  void join_atTheCap_neverMoreInsideThanTheCap() {
    explore(
        () -> {
          FlightTable<String, Integer> lock =
              new FlightTable<>(
                  new LockSettings(1, 1, 1, Duration.ofSeconds(5), Duration.ofSeconds(1)));
          AtomicInteger inside = new AtomicInteger();
          Runnable caller =
              () -> {
                JoinResult<String, Integer, Integer> entrance =
                    lock.join(new Waiter<>("id", 1_000, _ -> {}), _ -> null, 0);
                inside.addAndGet(entrance instanceof JoinResult.Rejected ? 0 : 1);
              };
          inParallel(caller, caller);
          require(inside.get() <= 1, "no more inside than the cap");
          require(lock.waiters() == inside.get(), "waiters counted");
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

  private static FlightTable<String, Integer> newLock() {
    return new FlightTable<>(
        new LockSettings(1, 10, 10, Duration.ofSeconds(5), Duration.ofNanos(0)));
  }

  private static Flight<String, Integer> begin(
      FlightTable<String, Integer> lock, Waiter<String, Integer> waiter) {
    return switch (lock.<Integer>join(waiter, _ -> null, 0)) {
      case Began<String, Integer, Integer>(Flight<String, Integer> flight) -> flight;
      case JoinResult<String, Integer, Integer> other -> throw new AssertionError(other);
    };
  }

  /** The smallest engine round the lock: one id, one version in the database, one in memory. */
  private static final class Engine {
    final FlightTable<String, Integer> lock = newLock();
    final AtomicInteger database = new AtomicInteger(1);
    final AtomicInteger loads = new AtomicInteger();
    final AtomicInteger answers = new AtomicInteger();

    /** Not a field written in a lambda: Lincheck would not switch threads at it. */
    final AtomicReference<@Nullable Integer> memory = new AtomicReference<>();

    /** Loads on the caller's own thread; a joiner is answered by whoever loads. */
    @Nullable Integer get() {
      Integer hit = memory.get();
      if (hit != null) {
        answers.getAndIncrement();
        return hit;
      }
      Waiter<String, Integer> waiter = new Waiter<>("id", 1_000, _ -> answers.getAndIncrement());
      return switch (lock.<Integer>join(waiter, _ -> memory.get(), 0)) {
        case Began<String, Integer, Integer>(Flight<String, Integer> flight) -> load(flight);
        case Hit<String, Integer, Integer>(Integer found) -> {
          answers.getAndIncrement();
          yield found;
        }
        case JoinResult.Joined<String, Integer, Integer> _ -> null;
        case JoinResult.Rejected<String, Integer, Integer> full -> throw new AssertionError(full);
      };
    }

    void invalidate() {
      lock.fence("id", () -> memory.set(null));
    }

    void assertIdle() {
      require(lock.flights() == 0 && lock.waiters() == 0, "an empty table");
    }

    private Integer load(Flight<String, Integer> flight) {
      loads.getAndIncrement();
      int version = database.get();
      lock.complete(flight, () -> memory.set(version)).forEach(waiter -> waiter.answer(version));
      return version;
    }
  }
}
