/** The ladder of several instances, with the rungs at its two ends. */
@NullMarked
package io.loadonce.bench.ladder.fleet;

import org.jspecify.annotations.NullMarked;
