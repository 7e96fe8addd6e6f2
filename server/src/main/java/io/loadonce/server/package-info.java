/**
 * Puts the rooms together and starts them: {@code Main} reads the {@code Settings}, {@code Service}
 * is the sum of the rooms. Nobody below sees this package.
 */
@NullMarked
package io.loadonce.server;

import org.jspecify.annotations.NullMarked;
