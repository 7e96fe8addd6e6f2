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
 * How a round goes on a machine whose speed changes within seconds: in laps, in each of which every
 * runner has its turn, always in the same order. What a runner came to is told of all of its laps
 * together, so all of them have seen much the same machine. For one thread.
 */
final class Race {

  /** In a round. More of them would measure how calls begin and end. */
  static final int LAPS = 4;

  private Race() {}

  /**
   * Who runs.
   *
   * @param name what it is called on the board
   * @param servers whose share of the processors is told beside that of the driver: of the whole
   *     lap, with what is checked before and after the driving
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
   * Blocks until all laps are over, and writes the rates down.
   *
   * @return what each runner came to, in their order
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

    /** How long its laps took, and how much of that each of those on the processors had. */
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
