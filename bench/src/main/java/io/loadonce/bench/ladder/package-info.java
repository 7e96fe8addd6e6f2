/**
 * The ladder: every way of loading a row for many callers, on the same real database, with the same
 * callers, side by side.
 *
 * <pre>
 *   LadderCommand --> Ladder, for each Step:  HerdScene  StaleScene --> Measured --> LadderTable
 *                                                  |          |
 *                              Crowd of callers ---+          +--- one load, held at the gate
 *                                    |                                   |
 *                                  Rung --> CutOffSource --> LadderDatabase, which counts
 * </pre>
 */
@NullMarked
package io.loadonce.bench.ladder;

import org.jspecify.annotations.NullMarked;
