/**
 * How fast it is, as ratios of what was measured side by side in one run on one machine.
 *
 * <pre>
 *   drive/  asks  --->  contender/  answers        engine/  the engine alone, by JMH
 *       \                  /                       memory/  what a row costs
 *        scene/  in turns  --->  Board  --->  SpeedTable, PerformancePage
 * </pre>
 */
@NullMarked
package io.loadonce.bench.speed;

import org.jspecify.annotations.NullMarked;
