package io.loadonce.db.jdbc;

/**
 * The connections of the pool at one moment.
 *
 * @param active those that run a query
 * @param idle those that are open and free
 * @param waiting how many threads wait for a connection
 * @param limit the most connections that the pool opens
 */
public record PoolState(int active, int idle, int waiting, int limit) {}
