/**
 * What stays behind in a service with a heap of 128 MiB when many clients do what it dislikes.
 *
 * <pre>
 *   Neighbour ------------------> service --> database
 *   CancelledCalls,                  |
 *   InventedIds, UnreadCalls ------> +--> Footprint: before and after
 * </pre>
 */
@NullMarked
package io.loadonce.bench.reliability.pressure;

import org.jspecify.annotations.NullMarked;
