/** Step 4 of 4, as the engine sees it: ids go in, rows come out. Nothing here knows SQL. */
@NullMarked
package io.loadonce.db.source;

import org.jspecify.annotations.NullMarked;
