/** The contenders that run in this process, for the tests of the drivers. */
@NullMarked
package io.loadonce.bench.speed.contender;

import org.jspecify.annotations.NullMarked;
