package io.loadonce.server.history;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A cache under judgement, or several of one fleet. The id of one row is another one in each cache:
 * {@code cache * HistoryRun.IDS + row}. Safe for use by many threads.
 */
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

  /** How many caches there are. */
  default int caches() {
    return 1;
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

  /**
   * As {@link #invalidate}.
   *
   * @return by cache, how long after this call the promise begins there; nothing if there is none
   */
  default List<Optional<Duration>> declare(int id) {
    invalidate(id);
    return List.of(Optional.of(freshWithin()));
  }

  @Override
  void close();
}
