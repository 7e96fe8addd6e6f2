/**
 * The record of a load test: everything that was measured, as it stands in {@code run.json}.
 *
 * <pre>
 *   LoadRun --&gt; Series --&gt; RunRecord --&gt; RunJson --&gt; run.json --&gt; load compare, load merge
 * </pre>
 */
@NullMarked
package io.loadonce.commands.load.record;

import org.jspecify.annotations.NullMarked;
