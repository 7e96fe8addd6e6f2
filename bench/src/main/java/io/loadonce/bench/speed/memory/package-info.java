/** What a row costs in memory, and how hits behave from a thousand rows to three million. */
@NullMarked
package io.loadonce.bench.speed.memory;

import org.jspecify.annotations.NullMarked;
