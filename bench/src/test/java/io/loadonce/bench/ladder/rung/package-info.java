/** What the rungs do, in schedules. */
@NullMarked
package io.loadonce.bench.ladder.rung;

import org.jspecify.annotations.NullMarked;
