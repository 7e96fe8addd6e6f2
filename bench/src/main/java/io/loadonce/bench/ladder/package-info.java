/**
 * The ladder compares the usual ways of loading a row for many callers, on the same real database
 * and with the same callers.
 *
 * <pre>
 *   LadderCommand --> Ladder, for each Step:  HerdScene  StaleScene --> Measured --> LadderTable
 *                                                  |          |
 *                              Crowd of callers ---+          +--- one load, held at the gate
 *                                    |                                   |
 *                                  Contender --> CutOffSource --> LadderDatabase, which counts
 * </pre>
 */
@NullMarked
package io.loadonce.bench.ladder;

import org.jspecify.annotations.NullMarked;
