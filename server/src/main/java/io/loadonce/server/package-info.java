/**
 * Wires the rooms and starts them: {@code Main} reads the {@code Settings}, and {@code Service}
 * creates and connects the objects of all rooms. No room may use this package.
 */
@NullMarked
package io.loadonce.server;

import org.jspecify.annotations.NullMarked;
