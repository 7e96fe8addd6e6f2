/** Measures what the documents claim of the service. Depends on all modules; none depends on it. */
@NullMarked
package io.loadonce.bench;

import org.jspecify.annotations.NullMarked;
