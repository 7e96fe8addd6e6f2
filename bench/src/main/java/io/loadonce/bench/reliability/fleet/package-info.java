/**
 * What the shared store and the affinity of the client bring and cost: instances in processes of
 * their own, a Redis and a PostgreSQL that counts the queries.
 */
@NullMarked
package io.loadonce.bench.reliability.fleet;

import org.jspecify.annotations.NullMarked;
