/**
 * Beside the steps: what memory must forget, because a caller says so, or because the database
 * does.
 *
 * <pre>
 *   a caller  -- Invalidate --> Repeats -- now, and once more later --+
 *                                                                     v
 *   a writer  -- COMMIT --> db/ChangeFeed --> ChangeListener --> load/LoadOnce.invalidate
 *                                                  |
 *                                                  +-- is anything heard at all? --> load/Hearing
 * </pre>
 */
@NullMarked
package io.loadonce.server.fresh;

import org.jspecify.annotations.NullMarked;
