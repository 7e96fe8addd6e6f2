package io.loadonce.db.source;

import java.util.List;

/**
 * Where rows come from: the port between the engine and the database. Safe for use by many threads.
 *
 * @param <K> the key of a row
 * @param <V> the form in which the caller keeps a row
 */
public interface Source<K, V> {

  /**
   * Prepares one query for {@code ids}; nothing is sent before {@link SourceQuery#run}. Never
   * blocks and never throws.
   *
   * @param ids distinct, 1 to {@link #maxIdsPerQuery} of them
   */
  SourceQuery<K, V> query(List<K> ids);

  /** How many queries can run at the same moment; at least 1. A further one would only wait. */
  int connections();

  /** The most ids that one query takes; at least 1. */
  int maxIdsPerQuery();
}
