/** Beside the steps: what is counted, under names that scripts may rely on. */
@NullMarked
package io.loadonce.server.metrics;

import org.jspecify.annotations.NullMarked;
