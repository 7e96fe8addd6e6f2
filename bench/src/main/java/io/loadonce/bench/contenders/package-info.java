/**
 * Every way to keep a herd of callers from the database, one small class each. The ladder compares
 * them, and the histories of {@code ContenderHistoryTest} judge them.
 *
 * <pre>
 *   caller -- get(id) --> Contender -- cached? --> its own ConcurrentHashMap
 *                             |
 *                             +-- not cached: what the contender is about --> RowLoader --> db
 * </pre>
 *
 * <p>Each contender does what its article or library does and nothing better; {@code
 * docs/ladder.md} has the results.
 */
@NullMarked
package io.loadonce.bench.contenders;

import org.jspecify.annotations.NullMarked;
