/** Beside step 4: which rows have changed in the database. */
@NullMarked
package io.loadonce.db.feed;

import org.jspecify.annotations.NullMarked;
