/** What the jar of the contract holds. */
@NullMarked
package io.loadonce.v1;

import org.jspecify.annotations.NullMarked;
