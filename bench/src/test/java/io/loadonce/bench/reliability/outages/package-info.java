/** Tests of the parts that measure outages. */
@NullMarked
package io.loadonce.bench.reliability.outages;

import org.jspecify.annotations.NullMarked;
