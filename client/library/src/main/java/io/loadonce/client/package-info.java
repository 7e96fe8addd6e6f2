/**
 * Step 0: the caller. A library for services on Java 17 that read rows through Loadonce.
 *
 * <pre>
 *   your code -- get, batchGet, invalidate --&gt; ResourceClient -- gRPC --&gt; server
 *                                                   |
 *        ClientSettings: target, deadline, attempts, TLS
 * </pre>
 *
 * <p>{@link io.loadonce.client.ResourceClient} is the place to start. The library knows the server
 * only by the contract in {@code proto/}.
 */
@NullMarked
package io.loadonce.client;

import org.jspecify.annotations.NullMarked;
