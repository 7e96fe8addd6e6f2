/** What callers may take: memory, connections, turns. Each limit is reached on purpose. */
@NullMarked
package io.loadonce.server.limits;

import org.jspecify.annotations.NullMarked;
