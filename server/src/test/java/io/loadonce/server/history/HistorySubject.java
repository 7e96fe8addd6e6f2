package io.loadonce.server.history;

import java.time.Duration;

/** A cache under judgement. Safe for use by many threads. */
public interface HistorySubject extends AutoCloseable {

  /** How a read ended. */
  sealed interface Answer {

    /** With a row. */
    record Row(long version) implements Answer {}

    /** The row is older than asked for, and the subject says so. */
    record TooOld() implements Answer {}

    /** With an error, which promises nothing. */
    record NoAnswer(String reason) implements Answer {}
  }

  /**
   * Reads a row; blocks until there is an answer.
   *
   * @param minVersion the least version that will do, {@link ReadLog#ANY} for any
   */
  Answer read(int id, long minVersion) throws InterruptedException;

  /** Declares what was read before to be old. */
  void invalidate(int id);

  /** How long after {@link #invalidate} has returned its promise begins. */
  default Duration freshWithin() {
    return Duration.ZERO;
  }

  @Override
  void close();
}
