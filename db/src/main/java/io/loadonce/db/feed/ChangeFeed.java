package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.List;

/** The changes of the tables that lookups watch. Safe for use by many threads. */
public interface ChangeFeed {

  /**
   * Checks, over a connection of its own, whether the database can report these changes. Blocks for
   * the connect time-out and a few round trips. Whether the triggers exist is not checked here.
   *
   * @throws InvalidSettingException if it cannot: a table does not exist or is a view, or the
   *     database is a standby
   * @throws SourceException if the database cannot be reached or rejects a query
   */
  void check() throws SourceException;

  /**
   * Subscribes, over a connection of its own. Changes that are committed after the return will be
   * reported; changes that were committed before are not. Blocks for the connect time-out and a few
   * round trips.
   *
   * @throws SourceException if the database cannot be reached or refuses the subscription
   */
  Subscription subscribe() throws SourceException;

  /** A subscription. For one thread, except for {@link #abort}. */
  interface Subscription extends AutoCloseable {

    /**
     * Requests a {@link Change.Heartbeat}, which arrives after all changes that are committed by
     * now. Blocks for a few round trips.
     *
     * @throws SourceException if the connection is lost, or if changes are no longer reported
     */
    void requestHeartbeat(long number) throws SourceException;

    /**
     * Waits for changes, for at most {@code timeout}; returns those that have arrived, in order. A
     * change arrives after its commit is visible.
     *
     * @throws SourceException if the connection is lost
     */
    List<Change> poll(Duration timeout) throws SourceException;

    /** Makes a call that blocks fail, and every later one. For any thread; never blocks. */
    void abort();

    /** Closes the connection. Does not throw. */
    @Override
    void close();
  }

  /**
   * Returns the feed of a database, for all lookups together. Does not connect.
   *
   * @param lookups each with a name of its own
   * @throws InvalidSettingException if that database has no change feed
   */
  static ChangeFeed of(Database database, List<WatchedLookup> lookups) {
    if (database.isPostgresql()) {
      return new PostgresChangeFeed(database, lookups);
    }
    if (database.isH2InMemory()) {
      return new H2ChangeFeed(database, lookups);
    }
    throw new InvalidSettingException(
        "listen", "needs PostgreSQL, or H2 in memory; other databases have no change feed");
  }
}
