/** What callers get while the database cannot keep up. */
@NullMarked
package io.loadonce.bench.reliability.overload;

import org.jspecify.annotations.NullMarked;
