/**
 * Beside the steps: the ports and their life. Opens them, says whether the service is well, shows
 * the counters, and closes the ports again without failing a call.
 */
@NullMarked
package io.loadonce.server.ports;

import org.jspecify.annotations.NullMarked;
