package io.loadonce.bench.ladder.fleet;

/**
 * The results of one rung.
 *
 * @param slow a herd whose query takes longer than a lock lasts
 * @param stale how many of the reads after an invalidation returned what was read before it
 */
record FleetMeasured(
    RungKind kind, Herd cold, Herd manyIds, Herd failing, Herd slow, int reads, int stale) {

  /**
   * The result of a herd.
   *
   * @param queries those that the database has counted
   * @param rowsRead the rows that they have read
   */
  record Herd(int ids, long queries, long rowsRead, WorkerHerd.Result crowd) {}
}
