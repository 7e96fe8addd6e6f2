/** The proof: what is claimed of the service, measured. Sees all rooms; no room sees it. */
@NullMarked
package io.loadonce.bench;

import org.jspecify.annotations.NullMarked;
