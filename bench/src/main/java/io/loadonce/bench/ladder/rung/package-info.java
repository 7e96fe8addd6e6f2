/**
 * The ladder's rungs: every way to keep a herd of callers from the database, one small class each.
 *
 * <pre>
 *   caller -- get(id) --> Rung -- memory? --> its own ConcurrentHashMap
 *                           |
 *                           +-- not there: what the rung is about --> RowLoader --> db
 * </pre>
 *
 * <p>Each rung does what its article or library does and nothing better; {@code docs/ladder.md}
 * says what came of it.
 */
@NullMarked
package io.loadonce.bench.ladder.rung;

import org.jspecify.annotations.NullMarked;
