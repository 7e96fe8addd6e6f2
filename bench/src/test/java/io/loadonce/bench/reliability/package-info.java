/** The scoreboard, checked: which sections are red. */
@NullMarked
package io.loadonce.bench.reliability;

import org.jspecify.annotations.NullMarked;
