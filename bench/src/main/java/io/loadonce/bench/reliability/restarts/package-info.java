/** What callers notice of instances that are restarted one after the other. */
@NullMarked
package io.loadonce.bench.reliability.restarts;

import org.jspecify.annotations.NullMarked;
