/**
 * Step 2 of 4: the cache.
 *
 * <pre>
 *   id --> rows    rows of the database; each has a time to live; bounded by bytes
 *      \-> absent  cached "not found"; a shorter time to live; a memory budget of its own
 * </pre>
 */
@NullMarked
package io.loadonce.server.cache;

import org.jspecify.annotations.NullMarked;
