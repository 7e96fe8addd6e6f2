/** The speed measurements, checked: what they refuse to tell, and what they tell. */
@NullMarked
package io.loadonce.bench.speed;

import org.jspecify.annotations.NullMarked;
