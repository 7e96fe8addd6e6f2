/** Traces, as a collector receives them. */
@NullMarked
package io.loadonce.server.traces;

import org.jspecify.annotations.NullMarked;
