/**
 * Joins steps 2, 3 and 4 of a request. {@link io.loadonce.server.load.LoadOnce} leads a call
 * through them; the classes that do the work stand on the right.
 *
 * <pre>
 *   look into the cache ------------------------ hit ---> answer                   MemoryCache
 *           |
 *         miss
 *           v
 *   is a load of this id under way? ------------ yes ---> wait for its outcome     FlightTable
 *           |
 *           no
 *           v
 *   look into the cache once more -------------- hit ---> answer                   FlightTable
 *           |
 *         miss: begin a load
 *           v
 *   queue the id; one query loads all queued ids -------> database                 LoadQueue
 *           |
 *        outcome
 *           v
 *   put the row into the cache, end the load -----------> answer every waiter      FlightEnd
 * </pre>
 */
@NullMarked
package io.loadonce.server.load;

import org.jspecify.annotations.NullMarked;
