/**
 * Step 0: the commands of a caller: {@code get}, {@code check} and {@code load}.
 *
 * <pre>
 *   Main -- get, check --&gt; client library --&gt; server
 *     |                          ^
 *     +-- load --&gt; load/LoadRun -+        text/ writes durations, rows and JSON for all of them
 * </pre>
 *
 * <p>The commands know the server only by the contract in {@code proto/} and, for {@code load}, by
 * two counters of its admin port.
 */
@NullMarked
package io.loadonce.commands;

import org.jspecify.annotations.NullMarked;
