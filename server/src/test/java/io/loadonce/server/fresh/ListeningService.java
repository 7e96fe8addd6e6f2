package io.loadonce.server.fresh;

import io.loadonce.db.ChangeFeed;
import io.loadonce.db.ChangedTable;
import io.loadonce.db.DatabaseSettings;
import io.loadonce.db.JdbcResourceSource;
import io.loadonce.db.ResourceId;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.request.EncodedResource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** An engine over a real database to which it listens, and a connection for who writes to that. */
final class ListeningService implements AutoCloseable {
  final GatedFeed feed;
  final LoadOnce<ResourceId, EncodedResource> engine;
  final ChangeListener listener;
  private final JdbcResourceSource<EncodedResource> source;
  private final Connection writer;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  ListeningService(DatabaseSettings settings, String table, Duration unheardFor)
      throws SQLException {
    source = JdbcResourceSource.open(settings, EncodedResource::of);
    engine = Engine.over(source, unheardFor, System::nanoTime);
    feed = new GatedFeed(ChangeFeed.of(settings, ChangedTable.of(table, settings)));
    writer = DriverManager.getConnection(settings.url(), settings.user(), "");
    listener = ChangeListener.start(feed, engine, ListenSettings.MIN_HEARTBEAT, System::nanoTime);
    sweeper.scheduleWithFixedDelay(
        () -> {
          engine.sweep();
          listener.watch();
        },
        10,
        10,
        TimeUnit.MILLISECONDS);
  }

  /** Waits until changes are heard. */
  ListeningService heard() {
    until(listener::isListening);
    return this;
  }

  Connection writer() {
    return writer;
  }

  void sql(String statement) throws SQLException {
    try (Statement running = writer.createStatement()) {
      running.execute(statement);
    }
  }

  long number(String query) throws SQLException {
    try (Statement running = writer.createStatement();
        ResultSet row = running.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  Outcome.Found<EncodedResource> get(String id) {
    return Engine.get(engine, id);
  }

  long version(String id) {
    return get(id).version();
  }

  boolean isMissing(String id) {
    try {
      return engine.await(new ResourceId(id), Engine.PATIENCE) instanceof Outcome.Missing;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(Engine.PATIENCE)
        .until(condition::getAsBoolean);
  }

  @Override
  public void close() throws SQLException {
    sweeper.shutdownNow();
    listener.close();
    source.close();
    writer.close();
  }
}
