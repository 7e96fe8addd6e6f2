/** What the service does when its database cannot keep up or cannot be reached. */
@NullMarked
package io.loadonce.bench.reliability;

import org.jspecify.annotations.NullMarked;
