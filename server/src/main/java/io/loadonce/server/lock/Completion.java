package io.loadonce.server.lock;

import java.util.Collection;

/**
 * How a flight ended.
 *
 * @param outcome the flight's own outcome, or a newer one that a fenced flight of the id brought
 * @param waiters the waiters of the flight, which the caller must answer once each; empty if the
 *     flight had ended before
 */
public record Completion<K, O>(O outcome, Collection<Waiter<K, O>> waiters) {}
