/** What one lookup is made of: its query, its key and the type of that key. */
@NullMarked
package io.loadonce.db.lookup;

import org.jspecify.annotations.NullMarked;
