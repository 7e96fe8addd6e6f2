/**
 * Joins steps 2, 3 and 4: look into the cache, join the lock, look again, load once, share the
 * outcome.
 *
 * <pre>
 *   LoadOnce -- first look --> cache
 *      |
 *      +-- join --> lock -- second look --> cache
 *      |
 *      +-- the flight that began --> LoadQueue -- all queued ids --> db
 *                                                                                    |
 *      every waiter          <-- answer <-- publish into the cache <----------------+
 * </pre>
 */
@NullMarked
package io.loadonce.server.load;

import org.jspecify.annotations.NullMarked;
