/** Measures the memory of a row, and the rate of hits, from a thousand rows to three million. */
@NullMarked
package io.loadonce.bench.speed.memory;

import org.jspecify.annotations.NullMarked;
