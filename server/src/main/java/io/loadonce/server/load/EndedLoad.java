package io.loadonce.server.load;

import io.loadonce.db.source.SourceQuery;

/**
 * A load that has ended, with or without a row.
 *
 * @param id the first of its ids, which was queued for the longest time
 * @param ids how many ids its query was for
 * @param waited how many callers waited for them, including those that left before the end
 * @param tookNanos from the moment at which the first id was wanted
 * @param queueNanos the part of that in the queue of this instance; before that the id may have
 *     been looked up in the shared store, and have waited for another instance
 * @param times the parts after the queue, as far as they are known
 * @param <K> the id
 */
public record EndedLoad<K>(
    K id, int ids, int waited, long tookNanos, long queueNanos, SourceQuery.Times times) {}
