/** What the last run of all tests has found, read from its reports. */
@NullMarked
package io.loadonce.bench.reliability.checks;

import org.jspecify.annotations.NullMarked;
