package io.loadonce.db.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one SQL query, over a pool of connections that outlives the database's absence. Safe for
 * use by many threads.
 *
 * @param <V> the form in which the caller keeps a row
 */
public final class JdbcSource<V> implements Source<Key, V> {

  private final DatabaseSettings settings;
  private final Function<? super Row, ? extends V> encoder;
  private final HikariDataSource pool;

  /** What the last result looked like; replaced when the table has changed. */
  private volatile @Nullable RowShape shape;

  private JdbcSource(DatabaseSettings settings, Function<? super Row, ? extends V> encoder) {
    this.settings = settings;
    this.encoder = encoder;
    this.pool = ConnectionPool.open(settings);
  }

  /**
   * Opens the pool; neither waits for the database nor fails without it. The embedded cities, if it
   * is they that are set, are created first, which takes a good part of a second.
   *
   * @param encoder called on the thread of {@link SourceQuery#run} once for each row that is found
   */
  public static <V> JdbcSource<V> open(
      DatabaseSettings settings, Function<? super Row, ? extends V> encoder) {
    if (settings.url().equals(EmbeddedCities.URL)) {
      EmbeddedCities.create();
    }
    return new JdbcSource<>(settings, encoder);
  }

  @Override
  public SourceQuery<Key, V> query(List<Key> ids) {
    return new JdbcLoad<>(this, ids);
  }

  @Override
  public int connections() {
    return settings.poolSize();
  }

  @Override
  public int maxIdsPerQuery() {
    return settings.maxIdsPerQuery();
  }

  /**
   * Whether the database answers now. Blocks for a connection and a round trip, each for at most
   * the connect time-out; takes a connection from the pool for that time.
   */
  public boolean isReachable() {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(ConnectionPool.wholeSeconds(settings.connectTimeout()));
    } catch (SQLException _) {
      return false;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  DatabaseSettings settings() {
    return settings;
  }

  HikariDataSource pool() {
    return pool;
  }

  V encode(Row row) {
    return encoder.apply(row);
  }

  RowShape shape(ResultSetMetaData metaData) throws SQLException, SourceException {
    RowShape known = shape;
    RowShape current = RowShape.of(metaData, settings, known);
    if (current != known) {
      shape = current;
    }
    return current;
  }
}
