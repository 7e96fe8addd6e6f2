/**
 * The style guide as tests: rules that look at the whole tree, from the module that sees all
 * others.
 *
 * <p>Each rule is red when it looked at nothing, and each has a planted violation that turns it
 * red.
 */
@NullMarked
package io.loadonce.house;

import org.jspecify.annotations.NullMarked;
