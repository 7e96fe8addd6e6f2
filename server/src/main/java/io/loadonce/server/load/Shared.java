package io.loadonce.server.load;

import io.loadonce.db.source.Availability;
import io.loadonce.server.lock.WaiterBudget;

/**
 * What the lookups of one database share: no lookup can take more than there is for all.
 *
 * @param waiters the places for waiting callers
 * @param loaders the threads that run queries, one for each connection
 * @param availability whether the database can be reached
 */
public record Shared(WaiterBudget waiters, Loaders loaders, Availability availability) {

  /** What a lookup has that shares nothing with another. */
  static Shared alone(int maxWaiters, int connections) {
    return new Shared(new WaiterBudget(maxWaiters), Loaders.of(connections), new Availability());
  }
}
