/**
 * Step 4 of 4: one query for all the ids that wait for a connection at that moment.
 *
 * <pre>
 *   load/LoadOnce -- ids --> Source.query(ids) --> SourceQuery.run() --> SELECT … WHERE id IN (?, ?, …)
 *                                                              |
 *                   value, version or error, for each id  <----+
 * </pre>
 *
 * <p>This is the only room that knows SQL; it knows nothing of the rooms above it.
 */
@NullMarked
package io.loadonce.db;

import org.jspecify.annotations.NullMarked;
