/** Step 4 of 4, done: connections, statements, results. */
@NullMarked
package io.loadonce.db.jdbc;

import org.jspecify.annotations.NullMarked;
