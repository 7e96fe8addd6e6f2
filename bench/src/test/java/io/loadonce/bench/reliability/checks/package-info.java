/** The reports of the tests, checked: what counts as found. */
@NullMarked
package io.loadonce.bench.reliability.checks;

import org.jspecify.annotations.NullMarked;
