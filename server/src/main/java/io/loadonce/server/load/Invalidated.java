package io.loadonce.server.load;

/**
 * What the invalidation of an id hit.
 *
 * @param entryRemoved something was in memory
 * @param flightFenced a load was under way
 */
public record Invalidated(boolean entryRemoved, boolean flightFenced) {}
