/**
 * Beside the steps: OpenTelemetry traces of calls and of the queries that they wait for. Nothing of
 * it is loaded unless an endpoint is set.
 *
 * <pre>
 *   caller's span
 *     +-- span of the call that began the load           (step 1: TracedCalls)
 *           +-- span of the query                         (step 4: TracedLoads)
 *                 ^
 *                 | link
 *         span of each other traced call that waited for it
 * </pre>
 */
@NullMarked
package io.loadonce.server.traces;

import org.jspecify.annotations.NullMarked;
