package io.loadonce.server.load;

import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.lock.Flight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees which calls wait for which flights, and which query loads them; for traces. Must not block
 * and must not throw. Safe for use by many threads.
 */
public interface LoadObserver {

  /** Sees nothing. */
  LoadObserver NONE =
      new LoadObserver() {
        private final Call call = _ -> {};
        private final Query query = (_, _) -> {};

        @Override
        public Call call() {
          return call;
        }

        @Override
        public Query queryBegins(List<? extends Flight<?, ?>> flights, int ids) {
          return query;
        }
      };

  /** One call whose first look was a miss, for one of its ids. */
  interface Call {

    /** The call has begun the flight, or has joined it; once for each flight that it waits for. */
    void waitsFor(Flight<?, ?> flight);

    /** The call has its answer for this id. */
    default void answered(long waitedNanos) {}
  }

  /** One query under way. */
  interface Query {

    /**
     * The query has ended; its flights have ended before.
     *
     * @param failure why the query as a whole failed; null if it did not
     * @param times where its time went, as far as it is known
     */
    void ended(LoadStatistics.@Nullable Failure failure, SourceQuery.Times times);
  }

  /** Returns the call that this thread works for. */
  Call call();

  /**
   * A query begins.
   *
   * @param flights those that it is for; two of them may be of one id
   * @param ids how many ids it is for
   */
  Query queryBegins(List<? extends Flight<?, ?>> flights, int ids);
}
