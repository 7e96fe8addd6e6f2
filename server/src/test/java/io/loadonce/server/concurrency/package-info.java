/** The lock under schedules that a model checker picks. */
@NullMarked
package io.loadonce.server.concurrency;

import org.jspecify.annotations.NullMarked;
