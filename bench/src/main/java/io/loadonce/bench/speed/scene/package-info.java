/**
 * The measurements: each scene starts its contenders, calls them in turns, lap by lap, and adds the
 * ratios to the board. A ratio compares contenders within one round.
 */
@NullMarked
package io.loadonce.bench.speed.scene;

import org.jspecify.annotations.NullMarked;
