/**
 * The load generators: our own closed loop, {@code h2load} and {@code redis-benchmark}, and the
 * clocks that measure the processor time of each process.
 */
@NullMarked
package io.loadonce.bench.speed.drive;

import org.jspecify.annotations.NullMarked;
