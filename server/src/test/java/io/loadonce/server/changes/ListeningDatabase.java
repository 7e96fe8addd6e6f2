package io.loadonce.server.changes;

import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A PostgreSQL of its own for a test class, in which two-phase commits are allowed. */
final class ListeningDatabase implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  private @Nullable EmbeddedPostgres postgres;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("max_prepared_transactions", "2").start();
  }

  /** Removes all tables. */
  @Override
  public void beforeEach(ExtensionContext context) throws SQLException {
    sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    started().close();
  }

  /** Runs SQL over a connection that no listener has. */
  void sql(String statements) throws SQLException {
    try (Connection connection = started().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  DatabaseSettings settings() {
    String url = started().getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    return DatabaseSettings.of(url, "postgres", "");
  }

  /** Starts a service of these lookups, and waits until it is connected. */
  ListeningService listen(WatchedLookup... lookups) throws SQLException {
    return new ListeningService(settings(), List.of(lookups), Duration.ofHours(1)).connected();
  }

  private EmbeddedPostgres started() {
    return Objects.requireNonNull(postgres, "not started");
  }
}
