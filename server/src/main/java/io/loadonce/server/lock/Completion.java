package io.loadonce.server.lock;

import java.util.Collection;

/**
 * How a flight ended.
 *
 * @param outcome the flight's own outcome, or a newer one that a fenced flight of the id brought
 * @param waiters everyone who waited, for the caller to answer, each once; empty if the flight had
 *     ended before
 */
public record Completion<K, O>(O outcome, Collection<Waiter<K, O>> waiters) {}
