package io.loadonce.server.changes;

import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.LookupSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A PostgreSQL of its own, in which two-phase commits are allowed. */
final class ListeningDatabase implements AutoCloseable {

  private final EmbeddedPostgres postgres;

  ListeningDatabase() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("max_prepared_transactions", "2").start();
  }

  /** Removes all tables. */
  void empty() throws SQLException {
    sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

  /** Runs SQL over a connection that no listener has. */
  void sql(String statements) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  DatabaseSettings settings() {
    String url = postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    return DatabaseSettings.of(url, "postgres", "");
  }

  /** Starts a service of these lookups, and waits until it is connected. */
  ListeningService listen(WatchedLookup... lookups) throws SQLException {
    return new ListeningService(settings(), List.of(lookups), Duration.ofHours(1)).connected();
  }

  /** Returns a lookup with the key {@code id} and the version column {@code version}. */
  static WatchedLookup watched(String name, String query, String... changes) {
    return WatchedLookup.of(
        LookupSettings.of(query).withName(name).withVersionColumn("version"), List.of(changes));
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
