package io.loadonce.server.changes;

import io.loadonce.db.OneLookup;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.ChangedTable;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lookup.EncodedRow;
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

/** An engine that listens to a real database, and a connection that writes to it. */
final class ListeningService implements AutoCloseable {
  /** Long enough for a busy machine: a late heartbeat empties the cache. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  final GatedFeed feed;
  final LoadOnce<Key, EncodedRow> engine;
  final ChangeListener listener;
  private final OneLookup.Open<EncodedRow> source;
  private final Connection writer;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  ListeningService(OneLookup settings, String table, Duration staleOnDisconnect)
      throws SQLException {
    source = settings.open(EncodedRow::of);
    engine = UnexpiringEngine.over(source, staleOnDisconnect, System::nanoTime);
    LookupSettings lookup = settings.lookup();
    feed =
        new GatedFeed(
            ChangeFeed.of(source.database(), ChangedTable.of(table, lookup), lookup.key()));
    writer =
        DriverManager.getConnection(
            settings.database().url(), settings.database().user(), /* password= */ "");
    listener = ChangeListener.start(feed, engine, HEARTBEAT, System::nanoTime);
    var _ =
        sweeper.scheduleWithFixedDelay(
            () -> {
              engine.sweep();
              listener.watch();
            },
            10,
            10,
            TimeUnit.MILLISECONDS);
  }

  /** Waits until the change feed is connected. */
  ListeningService connected() {
    until(listener::isConnected);
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

  Outcome.Found<EncodedRow> get(String id) {
    return UnexpiringEngine.get(engine, id);
  }

  long version(String id) {
    return get(id).version();
  }

  boolean isMissing(String id) {
    try {
      return engine.await(Key.of(id), UnexpiringEngine.TIMEOUT) instanceof Outcome.Missing;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(UnexpiringEngine.TIMEOUT)
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
