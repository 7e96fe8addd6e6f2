package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.drive.CpuClock;
import io.loadonce.bench.speed.drive.Driven;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A round on a machine whose speed changes within seconds. It has laps; in each lap every runner
 * runs once, always in the same order. The result of a runner is the sum of its laps, so all
 * runners are measured under nearly the same conditions. For one thread.
 */
final class Race {

  /** The laps of a round. In shorter laps, the start and the end of the calls would dominate. */
  static final int LAPS = 4;

  private Race() {}

  /**
   * A contender and its driver.
   *
   * @param name its name on the board
   * @param servers whose share of the processors is reported beside that of the driver, for the
   *     whole lap with the checks before and after the calls
   */
  record Runner(Board.Turn name, Map<String, ProcessHandle> servers, Lap lap) {}

  /** Drives for one lap. */
  interface Lap {
    /**
     * @param number from 0
     */
    Driven run(int number) throws IOException, InterruptedException, SQLException;
  }

  /**
   * Runs one lap of each that is not counted: a server that was warmed up and then waited for the
   * others has a rate up to a quarter lower for its first second.
   */
  static void warmUp(List<Runner> runners) throws IOException, InterruptedException, SQLException {
    for (Runner runner : runners) {
      var _ = runner.lap().run(/* number= */ 0);
    }
  }

  /**
   * Runs all laps and adds the rates to the board. Blocks until then.
   *
   * @return the result of each runner, in their order
   */
  static List<Driven> run(Board board, List<Runner> runners)
      throws IOException, InterruptedException, SQLException {
    List<Tally> tallies = runners.stream().map(Tally::new).toList();
    for (int lap = 0; lap < LAPS; lap++) {
      for (Tally tally : tallies) {
        tally.run(lap);
      }
    }
    for (Tally tally : tallies) {
      board.add(tally.runner.name(), tally.reading());
    }
    return tallies.stream().map(tally -> tally.driven).toList();
  }

  private static final class Tally {
    private final Runner runner;
    private Driven driven = new Driven(0, Duration.ZERO);

    /** How long the laps took, and the processor time of each process in them. */
    private long nanos;

    private final Map<String, Double> busyNanos = new HashMap<>();

    Tally(Runner runner) {
      this.runner = runner;
    }

    void run(int lap) throws IOException, InterruptedException, SQLException {
      long began = System.nanoTime();
      CpuClock clock = CpuClock.start(runner.servers());
      driven = driven.plus(runner.lap().run(lap));
      Map<String, Double> shares = clock.shares();
      long took = System.nanoTime() - began;
      nanos += took;
      shares.forEach((who, share) -> busyNanos.merge(who, share * took, Double::sum));
    }

    Board.Reading reading() {
      Map<String, Double> shares = new HashMap<>();
      busyNanos.forEach((who, busy) -> shares.put(who, busy / nanos));
      return new Board.Reading(driven.perSecond(), shares);
    }
  }
}
