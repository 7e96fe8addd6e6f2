/**
 * The real databases that the ladder uses; they count their queries themselves.
 *
 * <pre>
 *   SELECT … row_read(version) … WHERE id IN (…) and begun(…)
 *            |                                      |
 *            one more row read                      one more query, then a pause, then maybe an error
 * </pre>
 *
 * <p>The functions and a table {@code city} of their own live in a schema of their own, which is
 * dropped at the end: nothing else in the database is touched.
 */
@NullMarked
package io.loadonce.bench.ladder.database;

import org.jspecify.annotations.NullMarked;
