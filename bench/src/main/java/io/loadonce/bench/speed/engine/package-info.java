/**
 * The engine by JMH, without wire and database: {@code LoadOnce} and other ways to load a value
 * once, over a source that answers at once. Each way uses the same Caffeine cache.
 */
@NullMarked
package io.loadonce.bench.speed.engine;

import org.jspecify.annotations.NullMarked;
