/** Bugs, planted under each promise, and the checks that must find them. */
@NullMarked
package io.loadonce.server.planted;

import org.jspecify.annotations.NullMarked;
