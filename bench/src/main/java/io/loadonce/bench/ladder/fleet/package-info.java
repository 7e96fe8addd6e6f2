/**
 * The rungs of the ladder that need several instances: three processes, one Redis, one PostgreSQL
 * that counts.
 *
 * <pre>
 *   FleetLadder -- a line for each command --> FleetWorker (three processes)
 *       |                                          |
 *       |                                        Rung --> Redis
 *       v                                          v
 *   FleetTable                                LadderDatabase, which counts
 * </pre>
 */
@NullMarked
package io.loadonce.bench.ladder.fleet;

import org.jspecify.annotations.NullMarked;
