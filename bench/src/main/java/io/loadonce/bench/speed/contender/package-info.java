/**
 * The servers that are measured, each in a process of its own that is started and ended here, and
 * the collector of their spans, which runs in the process of the driver.
 *
 * <pre>
 *   LoadonceServer   as shipped, by its launcher        PostgresTable   the rows of all
 *   EchoServer       the limit: the same port, no work  PlainServer     a plain service
 *   RedisServer      a cache beside it                  TableReader     no service at all
 *   Collector        accepts spans
 * </pre>
 */
@NullMarked
package io.loadonce.bench.speed.contender;

import org.jspecify.annotations.NullMarked;
