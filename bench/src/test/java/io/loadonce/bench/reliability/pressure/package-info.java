/** Tests of the parts that measure what attacks leave behind. */
@NullMarked
package io.loadonce.bench.reliability.pressure;

import org.jspecify.annotations.NullMarked;
