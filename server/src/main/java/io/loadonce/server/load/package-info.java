/**
 * The sentence that joins steps 2, 3 and 4: look in memory, take the lock, look again, load once,
 * share the outcome.
 *
 * <pre>
 *   LoadOnce -- first look --> cache
 *      |
 *      +-- join --> lock -- second look --> cache
 *      |
 *      +-- the flight that began --> LoadQueue -- all that wait for a connection --> db
 *                                                                                    |
 *      everyone in the flight <-- answer <-- publish into the cache <----------------+
 * </pre>
 */
@NullMarked
package io.loadonce.server.load;

import org.jspecify.annotations.NullMarked;
