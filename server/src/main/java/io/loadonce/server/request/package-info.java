/**
 * Step 1 of 4: from the bytes of a request to a lookup and an id, and from an outcome to the bytes
 * of a reply.
 *
 * <pre>
 *   UnaryCall --> GetMethod --> LoadOnce.look -- hit ---------------+--> GetReply, or OutcomeStatus
 *                     |                                             |
 *                     +-- miss --> LoadOnce.join -- later: outcome -+
 * </pre>
 *
 * <p>{@link io.loadonce.server.request.ResourceEndpoint} binds the methods of the contract to
 * {@code GetMethod}, {@code BatchGetMethod}, {@code InvalidateMethod} and {@code
 * ListLookupsMethod}. {@link io.loadonce.server.request.Authentication} refuses calls before that,
 * if there is an access file. {@code ReceivedRequest}, {@code PlainText} and {@code Parsed...} read
 * requests, {@code Target} finds the lookup and the id; {@code WireMessage}, {@code WireStream} and
 * {@code ...Reply} write replies.
 *
 * <p>Requests and hits are handled on the event loop, outcomes of loads on the thread of the
 * loader; nothing here blocks. gRPC's context is not used below this room: LoadOnce gets the
 * remaining deadline as a parameter, and a cancelled call withdraws its waiter.
 */
@NullMarked
package io.loadonce.server.request;

import org.jspecify.annotations.NullMarked;
