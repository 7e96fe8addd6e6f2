package io.loadonce.server.lock;

import java.util.List;

/**
 * Whom a sweep took out of the lock, for the caller to answer.
 *
 * @param late those whose own deadline has passed; their flights go on
 * @param stranded those whose flight lasted longer than a load may
 */
public record Swept<K, O>(List<Waiter<K, O>> late, List<Waiter<K, O>> stranded) {}
