/**
 * What is measured: each scene starts its contenders, drives them in turns, lap by lap, and writes
 * on the board how they compare. Ratios are taken within a round, side by side.
 */
@NullMarked
package io.loadonce.bench.speed.scene;

import org.jspecify.annotations.NullMarked;
