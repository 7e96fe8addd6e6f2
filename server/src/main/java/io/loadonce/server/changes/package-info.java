/**
 * Beside the steps: what memory must forget, because a caller says so, or because the database
 * does.
 *
 * <pre>
 *   a caller  -- Invalidate --> DelayedInvalidations -- now, and once more later --+
 *                                                                     v
 *   a writer  -- COMMIT --> db/ChangeFeed --> ChangeListener --> load/LoadOnce.invalidate
 *                                                  |
 *                                                  +-- is anything heard at all? --> load/FeedState
 * </pre>
 */
@NullMarked
package io.loadonce.server.changes;

import org.jspecify.annotations.NullMarked;
