package io.loadonce.server.lock;

import java.util.Collection;

/**
 * How a flight ended.
 *
 * @param outcome the flight's own outcome, or a newer one that a fenced flight of the id brought
 * @param waiters the waiters of the flight, which the caller must answer once each; empty if the
 *     flight had ended before
 * @param waited how many callers have waited for the flight, including those that left before it
 *     ended; 0 if the flight had ended before
 */
public record Completion<K, O>(O outcome, Collection<Waiter<K, O>> waiters, int waited) {}
