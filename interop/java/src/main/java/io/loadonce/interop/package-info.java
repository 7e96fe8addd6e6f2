/** A caller that has the contract from its jar, on Java 17. */
@NullMarked
package io.loadonce.interop;

import org.jspecify.annotations.NullMarked;
