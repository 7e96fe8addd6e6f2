package io.loadonce.bench.speed.scene;

import java.time.Duration;

/**
 * The size of a measurement.
 *
 * @param rounds each contender is measured once in each
 * @param turn the duration of one measurement, the sum of its laps
 * @param rows the rows of the table in PostgreSQL; an id is requested once while it is cold
 * @param connections the connections of our driver and of h2load
 * @param inFlight the calls in flight, for hits; a multiple of the connections
 * @param coldInFlight the same for cold ids
 * @param herd the callers of one cold id
 */
public record SpeedPlan(
    int rounds,
    Duration turn,
    int rows,
    int connections,
    int inFlight,
    int coldInFlight,
    int herd) {

  /** The default size. */
  public static final SpeedPlan FULL =
      new SpeedPlan(5, Duration.ofSeconds(4), 1_000_000, 4, 100, 1_000, 10_000);

  /** A short run that checks the benchmark itself. */
  public static final SpeedPlan QUICK =
      new SpeedPlan(1, Duration.ofSeconds(1), 20_000, 4, 100, 1_000, 1_000);

  /**
   * @throws IllegalArgumentException if a number is out of its range; the message names it
   */
  public SpeedPlan {
    require(rounds >= 1 && rounds <= 1_000, "rounds must be from 1 to 1,000");
    require(
        turn.compareTo(Duration.ofMillis(400)) >= 0 && turn.compareTo(Duration.ofMinutes(10)) <= 0,
        "seconds must be from 0.4 to 600");
    require(rows >= 4_000 * (rounds + 1), "rows must be 4,000 for each round and one more");
    require(connections >= 1, "connections must be at least 1");
    require(inFlight % connections == 0, "in-flight must be a multiple of the connections");
  }

  /** The duration of each lap. */
  Duration lap() {
    return turn.dividedBy(Race.LAPS);
  }

  /** The duration of the warm-up before the measurement. */
  Duration warmUp() {
    return turn.compareTo(Duration.ofSeconds(1)) < 0 ? turn : turn.multipliedBy(2);
  }

  /** How many cold ids there are for a round; the first share is for warming up. */
  int coldShare() {
    return rows / (rounds + 1);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
