/**
 * Beside the steps: the gRPC port for callers and the HTTP port for operators. Opens them, reports
 * health, protects both by {@link io.loadonce.server.ports.PortSecurity}, and drains the calls in
 * flight before it closes them.
 */
@NullMarked
package io.loadonce.server.ports;

import org.jspecify.annotations.NullMarked;
