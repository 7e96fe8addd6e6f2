/**
 * What TLS and tokens keep out, and that a change of certificates fails no call.
 *
 * <pre>
 *   TlsVersions: openssl, sslscan --> service <-- Rotation: certificates change under load
 *                                        ^
 *                                        +------- WrongTokens: none is let in
 * </pre>
 */
@NullMarked
package io.loadonce.bench.reliability.access;

import org.jspecify.annotations.NullMarked;
