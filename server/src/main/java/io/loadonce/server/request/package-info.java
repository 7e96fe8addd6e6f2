/**
 * Step 1 of 4: from the wire to an id, and from an outcome back to the wire.
 *
 * <pre>
 *   call --> ReceivedRequest --> ResourceEndpoint -- the first look --> a hit: GetReply, from bytes that are encoded already
 *                              |
 *                              +-- join --> LoadOnce -- outcome --> GetReply, or OutcomeStatus
 * </pre>
 *
 * <p>All of it runs on the event loop but for the answers of loads, and nothing of it blocks. The
 * context of a call ends here: below, its deadline is a parameter and its cancellation a {@code
 * withdraw}.
 */
@NullMarked
package io.loadonce.server.request;

import org.jspecify.annotations.NullMarked;
