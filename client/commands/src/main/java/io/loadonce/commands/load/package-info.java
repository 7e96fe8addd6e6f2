/**
 * The load test: many callers in a closed loop, and what came of their calls.
 *
 * <pre>
 *   LoadPlan --&gt; LoadRun --&gt; CallLoop, one for each caller --&gt; LoadResult --&gt; LoadReport
 *                               |            |                                   ^
 *                 MeasurementWindow     CallCounts          ServerCounters ------+
 * </pre>
 */
@NullMarked
package io.loadonce.commands.load;

import org.jspecify.annotations.NullMarked;
