package io.loadonce.bench.ladder.database;

import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A schema with the cities, in which the database counts its queries and can be made slow, failing
 * or waiting at a gate. A query is counted when it begins, so one that fails is counted too.
 *
 * <p>Safe for use by many threads, but there is one gate and one pair of counters: one measurement
 * at a time. A failing statement of ours is an {@link IllegalStateException}.
 */
public abstract sealed class LadderDatabase implements AutoCloseable permits H2Ladder, PgLadder {

  /** Enough connections for every rung to be limited as the service is by default. */
  private static final int CONNECTIONS = 8;

  /** Longer than any scene, so that no caller gives up while it waits for a connection. */
  private static final Duration CONNECTION_WAIT = Duration.ofMinutes(1);

  private final Access access;
  private final String schema;
  private final Connection admin;

  LadderDatabase(Access access, String schema) throws SQLException {
    this.access = access;
    this.schema = schema;
    this.admin = DriverManager.getConnection(access.url(), access.user(), access.password());
  }

  /**
   * Where the database is.
   *
   * @param password empty for none
   */
  public record Access(String url, String user, String password) {
    @Override
    public String toString() {
      return url;
    }
  }

  /**
   * What a database has counted.
   *
   * @param queries the queries that have begun, also those that failed
   * @param rowsRead the rows that they have read
   */
  public record Counts(long queries, long rowsRead) {
    public Counts since(Counts before) {
      return new Counts(queries - before.queries, rowsRead - before.rowsRead);
    }
  }

  /** H2 in the memory of this process. */
  public static LadderDatabase h2() throws SQLException {
    return H2Ladder.embedded(newSchema());
  }

  /** A PostgreSQL of our own, which takes seconds to start and ends with {@link #close}. */
  public static LadderDatabase postgres() throws SQLException, IOException {
    return PgLadder.embedded(newSchema());
  }

  /**
   * An existing database, whose user may create a schema.
   *
   * @throws IllegalArgumentException if it is neither H2 nor PostgreSQL
   */
  public static LadderDatabase at(Access access) throws SQLException, IOException {
    if (access.url().startsWith("jdbc:h2:")) {
      return new H2Ladder(access, newSchema());
    }
    if (access.url().startsWith("jdbc:postgresql:")) {
      return PgLadder.at(access, newSchema());
    }
    throw new IllegalArgumentException("the ladder stands on H2 and PostgreSQL only");
  }

  /** Its name and version. */
  public final String product() {
    try {
      return admin.getMetaData().getDatabaseProductName()
          + " "
          + admin.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new IllegalStateException("the database does not say what it is", e);
    }
  }

  /** Returns the settings of the connections for the queries of all rungs. */
  public final DatabaseSettings settings() {
    return DatabaseSettings.of(queryUrl(access.url()), access.user(), access.password())
        .withPoolSize(CONNECTIONS)
        .withConnectTimeout(CONNECTION_WAIT);
  }

  /** Returns a lookup whose queries take this time and then fail, or succeed. */
  public final LookupSettings slow(Duration time, boolean fails) {
    return lookup(versionRead(/* gated= */ false), time, fails);
  }

  /** Returns a lookup whose queries wait at the gate after they have read version 1. */
  public final LookupSettings gated() {
    return lookup(versionRead(/* gated= */ true), Duration.ZERO, /* fails= */ false);
  }

  /** The counts of the database up to now. */
  public final Counts counts() {
    return new Counts(queries(), rowsRead());
  }

  /** Closes the gate: queries that have read version 1 wait. The same thread must open it. */
  public abstract void closeGate();

  /** Opens the gate for all queries. */
  public abstract void openGate();

  /** How many queries wait at the gate. */
  public abstract long atGate();

  /** Changes a row; the change is committed when this returns. */
  public final void write(Key id, long version) {
    execute("UPDATE " + schema + ".city SET version = " + version + " WHERE id = " + id.text());
  }

  /** The first cities by id: the same in every run. */
  public final List<Key> cities(int howMany) {
    String sql = "SELECT id FROM " + schema + ".city ORDER BY id LIMIT " + howMany;
    List<Key> ids = new ArrayList<>();
    try (Statement statement = admin.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        ids.add(Key.of(result.getString(1)));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the database rejects: " + sql, e);
    }
    return ids;
  }

  abstract long queries();

  abstract long rowsRead();

  /** The part of the query that counts, waits and fails. Evaluated once for a query. */
  abstract String beginning(Duration time, boolean fails);

  /** The version column, which counts the row and waits at the gate if it is gated. */
  abstract String versionRead(boolean gated);

  /** Releases what {@link #close} does not. */
  abstract void release() throws SQLException;

  /** Different in each process, so that two ladders can use one database. */
  private static String newSchema() {
    return "loadonce_ladder_" + UUID.randomUUID().toString().substring(0, 8);
  }

  private LookupSettings lookup(String versionRead, Duration time, boolean fails) {
    String query =
        "SELECT id AS \"id\", name AS \"name\", country AS \"country\","
            + (" " + versionRead + " AS \"version\"")
            + (" FROM " + schema + ".city WHERE id IN (:ids) ")
            + beginning(time, fails);
    return LookupSettings.of(query).withVersionColumn("version");
  }

  /** The URL for queries, whose functions write counters. */
  abstract String queryUrl(String url);

  final Connection admin() {
    return admin;
  }

  final String schema() {
    return schema;
  }

  final void execute(String sql) {
    synchronized (admin) {
      try (Statement statement = admin.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException("the database rejects: " + sql, e);
      }
    }
  }

  final long number(String sql) {
    synchronized (admin) {
      try (Statement statement = admin.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        result.next();
        return result.getLong(1);
      } catch (SQLException e) {
        throw new IllegalStateException("the database rejects: " + sql, e);
      }
    }
  }

  /** Drops the schema and all that is in it. */
  @Override
  public final void close() throws SQLException {
    execute("DROP SCHEMA " + schema + " CASCADE");
    admin.close();
    release();
  }
}
