/**
 * Who is asked: each contender in a process of its own, started and ended here.
 *
 * <pre>
 *   LoadonceServer   as shipped, by its launcher        PostgresTable   what they all serve
 *   EchoServer       the limit: the same port, no work  PlainServer     as people write it
 *   RedisServer      memory beside the service          TableReader     no service at all
 * </pre>
 */
@NullMarked
package io.loadonce.bench.speed.contender;

import org.jspecify.annotations.NullMarked;
