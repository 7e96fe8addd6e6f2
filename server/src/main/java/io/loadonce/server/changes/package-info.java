/**
 * Beside the steps: invalidations, by callers and by changes in the database.
 *
 * <pre>
 *   caller -- Invalidate --> InvalidateMethod --> DelayedInvalidations --+
 *                                                                        v
 *   writer -- COMMIT --> db/ChangeFeed --> ChangeListener --> LoadOnce.invalidate
 *                                                |
 *                                                +-- connected or lost --> FeedState
 * </pre>
 */
@NullMarked
package io.loadonce.server.changes;

import org.jspecify.annotations.NullMarked;
