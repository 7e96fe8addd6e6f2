/** The tree keeps the rules of the house, and each rule can be broken. */
@NullMarked
package io.loadonce.house;

import org.jspecify.annotations.NullMarked;
