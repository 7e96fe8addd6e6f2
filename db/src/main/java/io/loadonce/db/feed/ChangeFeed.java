package io.loadonce.db.feed;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.JdbcUrl;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.List;

/** A database that says which rows of one table have changed. Safe for use by many threads. */
public interface ChangeFeed {

  /**
   * Begins to listen, over a connection of its own. What is committed after the return will be
   * said; nothing is known of what was committed before. Blocks for the connect time-out and a few
   * round trips.
   *
   * @throws SourceException if the database cannot be reached or does not let us listen
   */
  Subscription subscribe() throws SourceException;

  /** Listening. For one thread, except for {@link #abort}. */
  interface Subscription extends AutoCloseable {

    /**
     * Asks for a {@link Change.Heartbeat} that comes after the changes that are committed by now.
     * Blocks for a round trip.
     *
     * @throws SourceException if the connection is lost, or if changes are not said any more
     */
    void requestHeartbeat(long number) throws SourceException;

    /**
     * Waits until something is said, but not for longer than {@code patience}; returns all that has
     * been said by then, in order. A change is said after its commit can be seen.
     *
     * @throws SourceException if the connection is lost
     */
    List<Change> poll(Duration timeout) throws SourceException;

    /** Makes a call that blocks fail, and every later one. For any thread; never blocks. */
    void abort();

    /** Lets go of the connection. Does not throw. */
    @Override
    void close();
  }

  /**
   * The feed of the configured database. Does not connect.
   *
   * @throws InvalidSettingException if that database cannot be heard, or the table is not known
   */
  static ChangeFeed of(DatabaseSettings settings, ChangedTable table) {
    if (JdbcUrl.isPostgresql(settings.url())) {
      return new PostgresChangeFeed(settings, table);
    }
    if (JdbcUrl.isH2InMemory(settings.url())) {
      return new H2ChangeFeed(settings, table);
    }
    throw new InvalidSettingException(
        "listen", "needs PostgreSQL, or H2 in memory; other databases cannot be heard");
  }
}
