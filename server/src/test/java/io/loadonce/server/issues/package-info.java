/** Bugs that were found later, each with its story first. */
@NullMarked
package io.loadonce.server.issues;

import org.jspecify.annotations.NullMarked;
