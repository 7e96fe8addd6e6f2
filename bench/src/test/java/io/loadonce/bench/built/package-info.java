/**
 * Checks of what is built: which room sees which, the class path, the launcher, and the caches of
 * the container. The rules that need only the files of the repository are in the module {@code
 * bench/house}.
 */
@NullMarked
package io.loadonce.bench.built;

import org.jspecify.annotations.NullMarked;
