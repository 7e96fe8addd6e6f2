package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.lock.Flight;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Where flights go to be loaded. {@link LoadQueue} is the last stage, in front of the database; a
 * stage before it may complete some flights by itself and pass on the others. Never blocks; safe
 * for use by many threads.
 *
 * @param <K> the id
 * @param <V> the form in which a row is kept
 */
public interface Stage<K, V> {

  /** Accepts flights, each once; sees to it that each is completed. */
  void add(Collection<Flight<K, Outcome<V>>> flights);

  /** Completes flights that last longer than a load may, each with its reason. */
  void failOverdue(Collection<Flight<K, Outcome<V>>> overdue);

  /** Drops the flights that are over and cancels what runs for them alone. Called often. */
  void dropOver();

  /**
   * Returns when an id would be loaded that is added now.
   *
   * @param alsoAhead how many ids the caller is about to add before it
   */
  Delay delay(int alsoAhead);

  /** Records the time that a caller has; once for each call that begins loads. */
  void called(long timeNanos);

  /** Why no flight can be completed now, so that none is to begin; null if flights may begin. */
  SourceException.@Nullable Unavailable outage();

  /** Whether a refresh, for which no caller waits, would not delay the callers who do. */
  boolean hasRoomForRefreshes();
}
