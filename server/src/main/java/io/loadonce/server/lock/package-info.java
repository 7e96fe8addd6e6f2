/**
 * Step 3 of 4: the segmented per-ID lock, which is the table of flights.
 *
 * <pre>
 *   id -- seeded hash --> segment 0..2^n-1       a segment:  mutex
 *                                                            id -> flight   loads that may publish
 *                                                            fenced         loads that publish nothing
 *   flight: id, when it began, its waiters       a waiter:   deadline, callback
 * </pre>
 *
 * <p>To hold the lock of an id is to have its flight in the table. An entry lives exactly as long
 * as its load, so there is nothing to pool and nothing to evict. The mutex guards operations on the
 * maps and is never held while anything loads or waits: {@code docs/locks.md} has the whole order.
 */
@NullMarked
package io.loadonce.server.lock;

import org.jspecify.annotations.NullMarked;
