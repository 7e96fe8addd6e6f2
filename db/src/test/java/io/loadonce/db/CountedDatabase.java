package io.loadonce.db;

import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.LookupSettings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/**
 * A real database with table {@code city}, which counts by itself what is read from it: our own
 * code, and its mistakes, have no part in the counting. A statement counts when it begins, so one
 * that fails or is cancelled counts too. Safe for use by many threads.
 */
public abstract sealed class CountedDatabase implements AutoCloseable
    permits CountedH2, CountedPostgres {

  protected static final String CITY =
      "SELECT id, name, country, admin_code, feature_code, population, longitude, latitude"
          + " FROM city WHERE id IN (:ids)";

  private final String url;
  private final String user;
  private final Connection admin;

  CountedDatabase(String url, String user) throws SQLException {
    this.url = url;
    this.user = user;
    this.admin = DriverManager.getConnection(url, user, password());
  }

  /** H2 in this process; every call makes a database of its own. */
  public static CountedDatabase h2() throws SQLException {
    return new CountedH2();
  }

  /** A PostgreSQL process; takes seconds to start. */
  public static CountedDatabase postgres() throws IOException, SQLException {
    return CountedPostgres.start();
  }

  public final String url() {
    return url;
  }

  public final String user() {
    return user;
  }

  public final String password() {
    return "";
  }

  /** The cities by id. */
  public final OneLookup settings() {
    return settings(CITY);
  }

  /** The defaults with another query; its key column is {@code id}. */
  public final OneLookup settings(String query) {
    return new OneLookup(DatabaseSettings.of(url, user, password()), LookupSettings.of(query));
  }

  /** The cities by id, after the database has waited. */
  public abstract String slowQuery(Duration delay);

  /** Fails after the database has waited. */
  public abstract String failingQuery(Duration delay);

  /** The statements that read {@code city} since the last {@link #reset}. */
  public abstract long queries();

  /** How many of those statements asked for each id; repeats in one statement count once. */
  public abstract Map<String, Long> loadsPerId();

  public abstract void reset();

  /** The statements that read {@code city} at this moment. */
  public abstract long runningStatements();

  /** Cuts every connection but the fixture's own, as an operator or a crash does. */
  public abstract void cutConnections();

  /** Runs a statement on the fixture's own connection. */
  public final void execute(String sql) {
    synchronized (admin) {
      try (Statement statement = admin.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }
  }

  /** Asks for one number on the fixture's own connection. */
  public final long number(String sql) {
    synchronized (admin) {
      try (Statement statement = admin.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        result.next();
        return result.getLong(1);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }
  }

  final Connection admin() {
    return admin;
  }

  @Override
  public void close() throws IOException, SQLException {
    admin.close();
  }
}
