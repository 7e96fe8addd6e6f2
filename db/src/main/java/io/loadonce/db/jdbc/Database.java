package io.loadonce.db.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.loadonce.db.form.RowForm;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Availability;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One database and its pool of connections, which all lookups share. The pool reconnects after an
 * outage. Safe for use by many threads.
 */
public final class Database implements AutoCloseable {

  /** The SQLState of a database that has reached its limit of connections. */
  private static final String TOO_MANY_CONNECTIONS = "53300";

  /** How MariaDB says it: of all clients, of a user, and of a user's account. */
  private static final Set<Integer> TOO_MANY_ON_MARIADB = Set.of(1040, 1203, 1226);

  private final DatabaseSettings settings;
  private final Connector connector;
  private final RetryingDataSource dataSource;
  private final HikariDataSource pool;
  private final Availability availability = new Availability();

  private Database(DatabaseSettings settings) {
    this.settings = settings;
    this.connector = new Connector(settings, System::nanoTime);
    this.dataSource = new RetryingDataSource(connector, ConnectionPool.checkTimeout(settings));
    this.pool = ConnectionPool.open(settings, dataSource);
  }

  /**
   * Opens the pool; neither waits for the database nor fails without it. If the settings name the
   * embedded cities, they are created first, which takes most of a second.
   */
  public static Database open(DatabaseSettings settings) {
    if (settings.url().equals(EmbeddedCities.DATABASE.url())) {
      EmbeddedCities.create();
    }
    return new Database(settings);
  }

  /** Returns a source of the rows of one lookup. It uses this pool until this is closed. */
  public <V> JdbcSource<V> source(LookupSettings lookup, RowForm<V> form) {
    return new JdbcSource<>(this, lookup, form);
  }

  /**
   * Opens a connection outside the pool, which the caller closes. Blocks for the connect time-out
   * at most.
   *
   * @param applicationName the name under which PostgreSQL lists the connection
   */
  public Connection connect(String applicationName) throws SQLException {
    return connector.connect(applicationName);
  }

  /** Returns whether the URL is one of PostgreSQL. */
  public boolean isPostgresql() {
    return JdbcUrl.isPostgresql(settings.url());
  }

  /** Returns whether the URL is one of MariaDB or MySQL. */
  boolean isMariadb() {
    return JdbcUrl.isMariadb(settings.url());
  }

  /** Returns whether the database is an H2 in the memory of this process. */
  public boolean isH2InMemory() {
    return JdbcUrl.isH2InMemory(settings.url());
  }

  /** Returns the size of the pool. */
  public int connections() {
    return settings.poolSize();
  }

  /** Returns the same object on each call. A loader records there how each load ended. */
  public Availability availability() {
    return availability;
  }

  /**
   * Returns whether the database replies now. Blocks for a connection and a round trip, each for at
   * most the connect time-out; takes a connection from the pool for that time.
   */
  public boolean isReachable() {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(ConnectionPool.wholeSeconds(settings.connectTimeout()));
    } catch (SQLException _) {
      return false;
    }
  }

  /**
   * Whether the database answers a new connection. If it says that all the connections which it
   * allows are taken, the pool decides: without any connection it can load nothing. If the database
   * refuses the login, a connection of the pool decides: those that are open keep working after the
   * password has changed. Otherwise the pool is not asked, since one that waits for lost
   * connections says nothing about a database that is back. Blocks for three times the connect
   * time-out at most.
   */
  public boolean probe() {
    try (Connection connection = connect("loadonce probe")) {
      return connection.isValid(ConnectionPool.wholeSeconds(settings.connectTimeout()));
    } catch (SQLException e) {
      boolean isFull =
          TOO_MANY_CONNECTIONS.equals(e.getSQLState())
              || TOO_MANY_ON_MARIADB.contains(e.getErrorCode());
      return isFull
          ? pool.getHikariPoolMXBean().getTotalConnections() > 0
          : ConnectFailure.isRefusedLogin(e) && isReachable();
    }
  }

  /** Closes all connections; loads under way may fail. A second call does nothing. */
  @Override
  public void close() {
    dataSource.close();
    pool.close();
  }

  DatabaseSettings settings() {
    return settings;
  }

  /** Returns why the last attempt to open a connection failed; null if it succeeded. */
  @Nullable SQLException connectFailure() {
    return connector.failure();
  }

  /** Returns how many connections the pool has now. */
  public PoolState poolState() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    return new PoolState(
        state.getActiveConnections(),
        state.getIdleConnections(),
        state.getThreadsAwaitingConnection(),
        settings.poolSize());
  }

  HikariDataSource pool() {
    return pool;
  }
}
