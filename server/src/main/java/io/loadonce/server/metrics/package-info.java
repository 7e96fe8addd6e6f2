/** Beside the steps: the names of the metrics, which scripts and dashboards may rely on. */
@NullMarked
package io.loadonce.server.metrics;

import org.jspecify.annotations.NullMarked;
