/**
 * Step 2 of 4: what is in memory.
 *
 * <pre>
 *   id --> rows    in use: found, fresh for a time to live, bounded by bytes
 *      \-> absent  in use: looked for and not there, fresh for a short while, bounded by bytes of its own
 * </pre>
 */
@NullMarked
package io.loadonce.server.cache;

import org.jspecify.annotations.NullMarked;
