/** Beside the steps: log lines that a fault may repeat thousands of times a second. */
@NullMarked
package io.loadonce.server.log;

import org.jspecify.annotations.NullMarked;
