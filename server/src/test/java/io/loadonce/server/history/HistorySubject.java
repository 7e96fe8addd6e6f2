package io.loadonce.server.history;

import java.time.Duration;

/** A cache that a history tests. Safe for use by many threads. */
interface HistorySubject extends AutoCloseable {

  /** How a read ended. */
  sealed interface Answer {

    /** With a row. */
    record Row(long version) implements Answer {}

    /** With the error that the row is older than min_version. */
    record TooOld() implements Answer {}

    /** With another error. */
    record NoAnswer(String reason) implements Answer {}
  }

  /**
   * Reads a row; blocks until there is an answer.
   *
   * @param minVersion the oldest version that is accepted; {@link ReadLog#ANY} for any
   */
  Answer read(int id, long minVersion) throws InterruptedException;

  /** Invalidates the rows that were read before. */
  void invalidate(int id);

  /** How long after {@link #invalidate} has returned its promise begins. */
  default Duration freshWithin() {
    return Duration.ZERO;
  }

  @Override
  void close();
}
