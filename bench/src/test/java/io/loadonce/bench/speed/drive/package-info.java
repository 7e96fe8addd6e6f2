/** The drivers, checked against what they must not take for an answer. */
@NullMarked
package io.loadonce.bench.speed.drive;

import org.jspecify.annotations.NullMarked;
