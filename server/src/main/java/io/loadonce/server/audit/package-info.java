/** Beside the steps: whether rows that callers are given as fresh are those of the database. */
@NullMarked
package io.loadonce.server.audit;

import org.jspecify.annotations.NullMarked;
