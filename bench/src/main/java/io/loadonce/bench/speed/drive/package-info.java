/**
 * Who asks: our own closed loop, {@code h2load} and {@code redis-benchmark}, and the clocks that
 * tell what each of them cost.
 */
@NullMarked
package io.loadonce.bench.speed.drive;

import org.jspecify.annotations.NullMarked;
