package io.loadonce.bench.ladder.fleet;

import java.time.Duration;

/**
 * The number of callers on each instance, and how long a query takes.
 *
 * @param callers those of the cold id
 * @param ids the ids of the scene of many ids
 * @param callersPerId the callers of each of those ids
 * @param fewCallers those of a load that fails, and of one that takes long
 * @param load the shortest time that a query takes in the database
 */
public record FleetPlan(int callers, int ids, int callersPerId, int fewCallers, Duration load) {

  /** Enough for the rungs to differ, on two processors. */
  public static final FleetPlan DEFAULT = new FleetPlan(100, 50, 4, 10, Duration.ofMillis(50));
}
