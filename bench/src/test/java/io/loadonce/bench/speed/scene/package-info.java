/** The scenes' own checks, each shown something wrong. */
@NullMarked
package io.loadonce.bench.speed.scene;

import org.jspecify.annotations.NullMarked;
