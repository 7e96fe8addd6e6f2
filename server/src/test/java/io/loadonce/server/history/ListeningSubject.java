package io.loadonce.server.history;

import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.changes.ChangeListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The engine with a change listener and without calls to invalidate. Its promises hold a moment
 * after the commit: as long as it may take to notice that the change feed is disconnected.
 */
final class ListeningSubject implements HistorySubject {
  static final Duration HEARTBEAT = Duration.ofMillis(200);

  /** For a machine that does other things as well. */
  private static final Duration SLACK = Duration.ofMillis(600);

  private final LoadOnceSubject engine;
  private final ChangeListener listener;

  ListeningSubject(HistoryDatabase database, Variant variant) {
    LookupSettings lookup = database.settings(Duration.ZERO).lookup();
    engine = new LoadOnceSubject(database, variant);
    listener =
        ChangeListener.start(
            ChangeFeed.of(engine.database(), List.of(WatchedLookup.of(lookup, "history"))),
            Map.of(lookup.name(), engine.engine()),
            HEARTBEAT,
            System::nanoTime);
    engine.alsoSweep(listener::watch);
  }

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    return engine.read(id, minVersion);
  }

  /** Does nothing: only the change listener invalidates. */
  @Override
  public void invalidate(int id) {}

  /** The feed counts as lost after two missing heartbeats; stale rows may be served after that. */
  @Override
  public Duration freshWithin() {
    return HEARTBEAT.multipliedBy(2).plus(Variant.STALE_ON_DISCONNECT).plus(SLACK);
  }

  boolean isConnected() {
    return listener.isConnected();
  }

  /**
   * Breaks the promise: no change arrives any more, and the engine treats the feed as connected.
   */
  void stopListening() {
    listener.close();
    engine.engine().feedState().connected(System.nanoTime(), Long.MAX_VALUE);
  }

  @Override
  public void close() {
    listener.close();
    engine.close();
  }
}
