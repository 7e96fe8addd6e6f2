package io.loadonce.server.lock;

/**
 * A flight as it was at one moment.
 *
 * @param ageNanos how long ago it began
 * @param waiters how many callers waited for it
 */
public record FlightState(long ageNanos, int waiters) {}
