/**
 * Measures the speed of the service, as ratios within one run on one machine.
 *
 * <pre>
 *   drive/  calls --->  contender/  replies        engine/  the engine alone, by JMH
 *       \                  /                       memory/  bytes per row
 *        scene/  in turns  --->  Board  --->  SpeedTable, PerformancePage
 * </pre>
 */
@NullMarked
package io.loadonce.bench.speed;

import org.jspecify.annotations.NullMarked;
