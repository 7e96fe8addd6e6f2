/** Tests of the comparison of cached rows with the database. */
@NullMarked
package io.loadonce.server.audit;

import org.jspecify.annotations.NullMarked;
