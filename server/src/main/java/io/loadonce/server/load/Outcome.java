package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;

/**
 * How a lookup ended. Immutable; one outcome is shared by many callers.
 *
 * @param <V> the form in which a row is kept
 */
public sealed interface Outcome<V> {

  /**
   * There is a row.
   *
   * @param version the value of the version column, 0 where none is configured
   * @param ageNanos how long ago the database was queried for it, at least 0
   */
  record Found<V>(V value, long version, Origin origin, long ageNanos) implements Outcome<V> {}

  /**
   * There is none.
   *
   * @param ageNanos how long ago the database was queried for it, at least 0
   */
  record Missing<V>(Origin origin, long ageNanos) implements Outcome<V> {}

  /** There is a row, read after the call began, and it is older than the caller needs. */
  record Outdated<V>(long version, long minVersion) implements Outcome<V> {}

  /**
   * There is too much to do already; no query was sent.
   *
   * @param retryNanos after which time another try makes sense
   */
  record Refused<V>(Cap cap, long retryNanos) implements Outcome<V> {}

  /** The cache has no row to serve, and the switch of the lookup allows no load. */
  record NotLoaded<V>() implements Outcome<V> {}

  /** The caller's deadline passed; the load goes on for the others. */
  record TimedOut<V>() implements Outcome<V> {}

  /** The load failed, for everyone in its flight and for nobody else. */
  record Failed<V>(SourceException reason) implements Outcome<V> {}

  /** Which cap was reached. */
  enum Cap {
    /** On the callers that wait for one id. */
    WAITERS_PER_ID,
    /** On the callers that wait for anything. */
    WAITERS,
    /** On the time in the queue: the row would come too late. */
    QUEUE
  }

  /** Where a row came from. */
  enum Origin {
    /** It was in the cache. */
    MEMORY,
    /** It was in the store that the instances share. */
    SHARED,
    /** This call began the load. */
    LOADED,
    /** This call joined a load that another had begun. */
    JOINED,
    /** It was in the cache, and has expired or may have missed a change. */
    STALE
  }
}
