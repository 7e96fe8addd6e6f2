/** What the contenders do, in schedules and in histories. */
@NullMarked
package io.loadonce.bench.contenders;

import org.jspecify.annotations.NullMarked;
