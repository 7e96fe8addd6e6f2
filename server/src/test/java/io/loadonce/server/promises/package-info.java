/** The promises, counted in a real database. */
@NullMarked
package io.loadonce.server.promises;

import org.jspecify.annotations.NullMarked;
