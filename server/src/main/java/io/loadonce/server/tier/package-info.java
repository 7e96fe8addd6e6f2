/**
 * Between step 3 and step 4: the store that the instances share, a Redis or Valkey server. It is on
 * only with {@code --redis-url}.
 *
 * <pre>
 *   lock -- flights --> TierStage -- look --> Redis:  a row         --> complete the flight
 *                          |                          nothing       --> take the lease, load it
 *                          |                          a lease       --> park the flight
 *                          v
 *                       LoadQueue --> database
 *                          |
 *                       outcome -- land, if the lease is still held --> Redis -- wake --> parked flights
 *
 *   Invalidate --> RedisTier -- forget --> Redis -- channel --> RedisFeed --> ChangeListener
 * </pre>
 *
 * <p>Leases are for efficiency. Nonces, versions, epochs and the rules of the change listener are
 * for correctness. To lose Redis costs queries, and never a wrong answer or a failed call: {@code
 * docs/fleet.md}.
 */
@NullMarked
package io.loadonce.server.tier;

import org.jspecify.annotations.NullMarked;
