/** Where the engine loads rows from: it passes ids and receives rows. Nothing here knows SQL. */
@NullMarked
package io.loadonce.db.source;

import org.jspecify.annotations.NullMarked;
