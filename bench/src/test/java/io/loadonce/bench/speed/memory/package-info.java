/** The table of memory, shown a row that costs too much. */
@NullMarked
package io.loadonce.bench.speed.memory;

import org.jspecify.annotations.NullMarked;
