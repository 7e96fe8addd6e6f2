/** The ladder's instruments, each shown something wrong, and what ours owes on real databases. */
@NullMarked
package io.loadonce.bench.ladder;

import org.jspecify.annotations.NullMarked;
