/**
 * The database fails in each way that databases and networks know: what callers and operators see.
 */
@NullMarked
package io.loadonce.server.faults;

import org.jspecify.annotations.NullMarked;
