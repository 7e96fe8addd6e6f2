/**
 * Step 0: the caller, and the load test that is nothing but many callers.
 *
 * <pre>
 *   ClientMain -- get, check --> ResourceClient -- Get, BatchGet, Invalidate --> request/ResourceEndpoint
 *        |                            ^
 *        +-- load --> LoadRun --------+      LoadPlan says what to ask, LoadReport what came of it
 * </pre>
 *
 * <p>Nothing here knows the server but by the contract in {@code proto/}.
 */
@NullMarked
package io.loadonce.client;

import org.jspecify.annotations.NullMarked;
