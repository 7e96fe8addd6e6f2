package io.loadonce.server.changes;

import io.loadonce.db.OneLookup;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An engine that listens to a real database, and a connection that writes to it. */
final class ListeningService implements AutoCloseable {
  /** Long enough for a busy machine: a late heartbeat empties the cache. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  final GatedFeed feed;
  final LoadOnce<Key, EncodedRow> engine;
  final ChangeListener listener;
  private final Map<String, LoadOnce<Key, EncodedRow>> engines = new LinkedHashMap<>();
  private final Database database;
  private final Connection writer;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * @param table empty for the only table of the query
   */
  ListeningService(OneLookup settings, String table, Duration staleOnDisconnect)
      throws SQLException {
    this(
        settings.database(),
        List.of(
            table.isEmpty()
                ? WatchedLookup.of(settings.lookup(), List.of())
                : WatchedLookup.of(settings.lookup(), table)),
        staleOnDisconnect);
  }

  ListeningService(
      DatabaseSettings settings, List<WatchedLookup> lookups, Duration staleOnDisconnect)
      throws SQLException {
    database = Database.open(settings);
    StructForm<EncodedRow> form = new StructForm<>(EncodedRow::of, EncodedRow::ofList);
    for (WatchedLookup each : lookups) {
      engines.put(
          each.lookup().name(),
          UnexpiringEngine.over(
              database.source(each.lookup(), form), staleOnDisconnect, System::nanoTime));
    }
    engine = engines.values().iterator().next();
    feed = new GatedFeed(ChangeFeed.of(database, lookups));
    writer = DriverManager.getConnection(settings.url(), settings.user(), /* password= */ "");
    listener = ChangeListener.start(feed, Map.copyOf(engines), HEARTBEAT, System::nanoTime);
    var _ =
        sweeper.scheduleWithFixedDelay(
            () -> {
              engines.values().forEach(LoadOnce::sweep);
              listener.watch();
            },
            10,
            10,
            TimeUnit.MILLISECONDS);
  }

  /** Returns a lookup with the key {@code id} and the version column {@code version}. */
  static WatchedLookup watched(String name, String query, String... changes) {
    return watched(name, KeyColumns.of("id", KeyType.BIGINT), query, changes);
  }

  /** Returns a lookup with this key and the version column {@code version}. */
  static WatchedLookup watched(String name, KeyColumns key, String query, String... changes) {
    LookupSettings lookup = LookupSettings.of(query).withName(name).withKey(key);
    return WatchedLookup.of(lookup.withVersionColumn("version"), List.of(changes));
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

  /** Looks a row up by the parts of its key. */
  Outcome<EncodedRow> look(String lookup, String... parts) {
    try {
      return Objects.requireNonNull(engines.get(lookup))
          .await(Key.of(Stream.of(parts).map(Key::of).toList()), UnexpiringEngine.TIMEOUT);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The version of a row; 0 if there is none. */
  long version(String lookup, String... parts) {
    return look(lookup, parts) instanceof Outcome.Found<EncodedRow> found ? found.version() : 0;
  }

  boolean isCached(String lookup, String... parts) {
    return look(lookup, parts) instanceof Outcome.Found<EncodedRow> found
        && found.origin() == Outcome.Origin.MEMORY;
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
    database.close();
    writer.close();
  }
}
