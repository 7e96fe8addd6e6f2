/**
 * The style guide as rules that need only the files of the repository. This module is built first,
 * so a missing blank line shows within seconds.
 *
 * <p>Each rule is red when it looked at nothing, and each has a planted violation that turns it
 * red.
 */
@NullMarked
package io.loadonce.house;

import org.jspecify.annotations.NullMarked;
