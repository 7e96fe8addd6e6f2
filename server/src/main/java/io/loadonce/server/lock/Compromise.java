package io.loadonce.server.lock;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a waiter takes before its deadline, rather than wait on.
 *
 * @param dueNanos from when on it would take that, on the clock of the lock
 * @param offer asked once, then, with the mutex of the id's segment held: what it takes, or null to
 *     wait until its deadline. It must not block, must not throw, and must not come back to the
 *     lock
 */
public record Compromise<O>(long dueNanos, Supplier<? extends @Nullable O> offer) {}
