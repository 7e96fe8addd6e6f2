/**
 * Between step 1 and step 2: the lookups of this process, and what they share.
 *
 * <pre>
 *   request -- name --> Lookups --> Lookup: key type, engine (steps 2 to 4)
 *                          |
 *                          +-- shared by all: places for waiters, loaders, bytes, the database
 * </pre>
 */
@NullMarked
package io.loadonce.server.lookup;

import org.jspecify.annotations.NullMarked;
