/**
 * How fresh the answers of the engine are, measured on a real PostgreSQL: while the database is
 * away, and when many rows expire together. The figures stand in {@code docs/freshness.md}.
 *
 * <pre>
 *   SteadyCalls --> LoadOnce --> VersionTable
 *        |                            |
 *        +--> Outage, Expiry <--------+
 * </pre>
 */
@NullMarked
package io.loadonce.bench.freshness;

import org.jspecify.annotations.NullMarked;
