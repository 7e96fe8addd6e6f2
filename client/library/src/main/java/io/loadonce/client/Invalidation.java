package io.loadonce.client;

/**
 * What an invalidation removed.
 *
 * @param entriesRemoved how many cached rows and cached "not found" answers were removed; an
 *     estimate if everything was invalidated
 * @param flightsFenced how many loads were under way whose outcome will not be cached
 */
public record Invalidation(long entriesRemoved, long flightsFenced) {}
