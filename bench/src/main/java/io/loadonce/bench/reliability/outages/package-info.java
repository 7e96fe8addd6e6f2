/**
 * What callers get while the database is killed, frozen, silent, read-only or has no connection
 * left, and how soon all is well afterwards.
 *
 * <pre>
 *   PacedGets --> service --> Relay --> database
 *       |                        |         |
 *       +--> Answer <---- Way: what happens to them
 * </pre>
 */
@NullMarked
package io.loadonce.bench.reliability.outages;

import org.jspecify.annotations.NullMarked;
