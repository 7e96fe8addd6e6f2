/**
 * The ladder's rungs: the usual ways to protect the database from a herd of callers, one small
 * class each.
 *
 * <pre>
 *   caller -- get(id) --> Rung -- cached? --> its own ConcurrentHashMap
 *                           |
 *                           +-- a miss: the lock of the rung ------> RowLoader --> db
 * </pre>
 *
 * <p>Each rung does what its article or library does and nothing better; {@code docs/ladder.md} has
 * the results.
 */
@NullMarked
package io.loadonce.bench.ladder.rung;

import org.jspecify.annotations.NullMarked;
