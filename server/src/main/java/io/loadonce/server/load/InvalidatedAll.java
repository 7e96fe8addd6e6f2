package io.loadonce.server.load;

/**
 * How much the invalidation of everything hit.
 *
 * @param entriesRemoved about how many entries were in memory
 * @param flightsFenced how many loads were under way
 */
public record InvalidatedAll(long entriesRemoved, int flightsFenced) {}
