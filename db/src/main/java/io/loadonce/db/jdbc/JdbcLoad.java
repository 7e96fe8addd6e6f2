package io.loadonce.db.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One statement for all ids. If a single row or id makes the statement fail, one statement for each
 * id follows, so that only that id fails.
 *
 * <p>If a connection is lost before the rows have arrived, all is done again on another one, and
 * nothing of the earlier attempt is used. That a pooled connection was closed meanwhile shows only
 * when it is used.
 */
final class JdbcLoad<V> implements SourceQuery<Key, V> {

  /** How long a cancelled statement may take to end. */
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

  /**
   * What ends one pooled connection may end them all. So the third attempt uses a connection that
   * is opened after the loss of two.
   */
  private static final int MAX_ATTEMPTS = 3;

  private final JdbcSource<V> source;
  private final LookupSettings lookup;
  private final Duration queryTimeout;
  private final HikariDataSource pool;
  private final List<Key> ids;
  private final Cancellation cancellation = new Cancellation();

  // Only for the thread that runs the query.
  private long connectionNanos;
  private long queryNanos;
  private long rowsNanos;

  JdbcLoad(JdbcSource<V> source, List<Key> ids) {
    if (ids.isEmpty() || ids.size() > source.maxIdsPerQuery()) {
      throw new IllegalArgumentException(
          "1 to " + source.maxIdsPerQuery() + " ids, not " + ids.size());
    }
    this.source = source;
    this.lookup = source.lookup();
    this.queryTimeout = source.database().settings().queryTimeout();
    this.pool = source.database().pool();
    this.ids = List.copyOf(ids);
  }

  @Override
  public Map<Key, SourceRow<V>> run() throws SourceException {
    List<Key> fitting = ids.subList(0, Math.min(ids.size(), source.room().ids()));
    Map<Key, SourceRow<V>> rows = run(fitting);
    if (fitting.size() == ids.size()) {
      return rows;
    }
    Map<Key, SourceRow<V>> all = RowCollector.notRead(ids.subList(fitting.size(), ids.size()));
    all.putAll(rows);
    return all;
  }

  @Override
  public Times times() {
    return new Times(connectionNanos, queryNanos, rowsNanos);
  }

  private Map<Key, SourceRow<V>> run(List<Key> requested) throws SourceException {
    long startNanos = System.nanoTime();
    boolean avoidsNames = false;
    for (int attempt = 1; ; attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        pool.getHikariPoolMXBean().softEvictConnections();
      }
      try (Connection connection = connect()) {
        if (avoidsNames) {
          connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        }
        return load(connection, requested);
      } catch (SQLException e) {
        if (attempt == MAX_ATTEMPTS
            || !SqlFailure.mayWorkElsewhere(e)
            || System.nanoTime() - startNanos >= queryTimeout.toNanos()) {
          throw SqlFailure.of(e);
        }
        avoidsNames |= source.database().isPostgresql() && SqlFailure.isAboutAName(e);
      }
    }
  }

  private Map<Key, SourceRow<V>> load(Connection connection, List<Key> requested)
      throws SQLException, SourceException {
    Map<Key, SourceRow<V>> together = null;
    try {
      together = rows(connection, requested);
    } catch (SQLException e) {
      if (requested.size() == 1 && isNoLabel(e)) {
        return Map.of();
      }
      if (ResultRoom.isOverflow(e)) {
        return tooLarge(requested);
      }
      if (!SqlFailure.dependsOnRow(e) || requested.size() == 1) {
        throw e;
      }
    }
    return together == null ? rowsOneByOne(connection, requested) : together;
  }

  /** The connection is closed, and the pool opens another. */
  private Map<Key, SourceRow<V>> tooLarge(List<Key> requested) {
    if (requested.size() > 1) {
      source.room().overflowed(requested.size());
      return RowCollector.notRead(requested);
    }
    return Map.of(
        requested.getFirst(),
        new SourceRow.Unusable<>(
            new SourceException.InvalidRow(
                "the rows of the id have more than %,d bytes, which is the limit of one query"
                    .formatted(source.room().maxBytes()))));
  }

  /** Whether the id of an enumerated type is no label of it, so that there can be no row. */
  private boolean isNoLabel(SQLException failure) {
    KeyColumns key = lookup.key();
    return key.size() == 1
        && key.get(0).type() == KeyType.ENUM
        && SqlFailure.isInvalidText(failure);
  }

  @Override
  public void cancel() {
    cancellation.cancel(CANCEL_GRACE);
  }

  private Connection connect() throws SourceException {
    long startNanos = System.nanoTime();
    cancellation.beginWait();
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      SQLException reason = source.database().connectFailure();
      throw new SourceException.Unavailable(SqlFailure.UNREACHABLE, reason == null ? e : reason);
    } finally {
      connectionNanos += System.nanoTime() - startNanos;
      cancellation.endWait();
    }
  }

  private Map<Key, SourceRow<V>> rowsOneByOne(Connection connection, List<Key> requested)
      throws SQLException, SourceException {
    Map<Key, SourceRow<V>> rows = new HashMap<>();
    for (int i = 0; i < requested.size(); i++) {
      Key id = requested.get(i);
      try {
        Map<Key, SourceRow<V>> row = rows(connection, List.of(id));
        if (row != null) {
          rows.putAll(row);
        }
      } catch (SQLException e) {
        if (ResultRoom.isOverflow(e)) {
          // The connection is closed; the ids that are left are queried again.
          rows.putAll(tooLarge(List.of(id)));
          rows.putAll(RowCollector.notRead(requested.subList(i + 1, requested.size())));
          return rows;
        }
        if (!SqlFailure.dependsOnRow(e)) {
          throw e;
        }
        if (!isNoLabel(e)) {
          rows.put(id, new SourceRow.Unusable<>(SqlFailure.of(e)));
        }
      }
    }
    return rows;
  }

  /**
   * Returns null if the rows cannot be told apart by their ids and each id must be queried alone.
   */
  private @Nullable Map<Key, SourceRow<V>> rows(Connection connection, List<Key> requested)
      throws SQLException, SourceException {
    boolean isSound = false;
    try (PreparedStatement statement =
        connection.prepareStatement(lookup.query().sql(requested.size()))) {
      prepare(statement, requested);
      Map<Key, SourceRow<V>> rows = execute(connection, statement, requested);
      isSound = true;
      return rows;
    } catch (SQLException | SourceException e) {
      // The pool decides by the exception whether to keep the connection.
      isSound = true;
      endTransaction(connection);
      throw e;
    } finally {
      if (!isSound) {
        pool.evictConnection(connection);
      }
    }
  }

  /** After a failed statement, a transaction accepts no other one. */
  private static void endTransaction(Connection connection) {
    try {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
      }
    } catch (SQLException _) {
      // The connection is lost, and with it the transaction.
    }
  }

  private @Nullable Map<Key, SourceRow<V>> execute(
      Connection connection, PreparedStatement statement, List<Key> requested)
      throws SQLException, SourceException {
    boolean endedByCancel = false;
    cancellation.begin(statement);
    LimitedSocketFactory.limit(source.room().maxBytes());
    try (ResultSet result = query(statement)) {
      return rows(result, requested);
    } catch (SQLException e) {
      endedByCancel = SqlFailure.isCancelled(e);
      throw e;
    } finally {
      LimitedSocketFactory.unlimit();
      if (cancellation.end() && !endedByCancel) {
        // The cancel ended nothing: it may still be on its way, and would hit the next statement.
        pool.evictConnection(connection);
      }
    }
  }

  private ResultSet query(PreparedStatement statement) throws SQLException {
    long startNanos = System.nanoTime();
    try {
      return statement.executeQuery();
    } finally {
      queryNanos += System.nanoTime() - startNanos;
    }
  }

  private @Nullable Map<Key, SourceRow<V>> rows(ResultSet result, List<Key> requested)
      throws SQLException, SourceException {
    long startNanos = System.nanoTime();
    try {
      return new RowCollector<>(
              source.shape(result.getMetaData()), lookup, source.room(), requested)
          .collect(result);
    } finally {
      rowsNanos += System.nanoTime() - startNanos;
    }
  }

  private void prepare(PreparedStatement statement, List<Key> requested) throws SQLException {
    new KeyParameters(lookup, source.database().isPostgresql()).set(statement, requested);
    statement.setQueryTimeout(ConnectionPool.wholeSeconds(queryTimeout));
    // One row more than is right shows that the query is wrong, however many rows there are.
    statement.setMaxRows(RowCollector.maxRows(lookup, requested.size()) + 1);
  }
}
