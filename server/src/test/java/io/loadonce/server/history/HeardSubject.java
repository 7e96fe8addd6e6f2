package io.loadonce.server.history;

import io.loadonce.db.ChangeFeed;
import io.loadonce.db.ChangedTable;
import io.loadonce.db.DatabaseSettings;
import io.loadonce.server.fresh.ChangeListener;
import java.time.Duration;

/**
 * The engine, told by nobody but the database itself. What it promises, it promises for a moment
 * after the commit: as long as it may take to notice that nothing is heard any more.
 */
final class HeardSubject implements HistorySubject {
  static final Duration HEARTBEAT = Duration.ofMillis(200);

  /** For a machine that does other things as well. */
  private static final Duration SLACK = Duration.ofMillis(600);

  private final LoadOnceSubject engine;
  private final ChangeListener listener;

  HeardSubject(HistoryDatabase database, Variant variant) {
    DatabaseSettings settings = database.settings(Duration.ZERO);
    engine = new LoadOnceSubject(database, variant);
    listener =
        ChangeListener.start(
            ChangeFeed.of(settings, ChangedTable.of("history", settings)),
            engine.engine(),
            HEARTBEAT,
            System::nanoTime);
    engine.alsoSweep(listener::watch);
  }

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    return engine.read(id, minVersion);
  }

  /** Nobody calls. */
  @Override
  public void invalidate(int id) {}

  /** Two heartbeats until silence counts as deafness, and as long as memory may be given then. */
  @Override
  public Duration freshWithin() {
    return HEARTBEAT.multipliedBy(2).plus(Variant.UNHEARD_FOR).plus(SLACK);
  }

  boolean isListening() {
    return listener.isListening();
  }

  /** Has the promise broken: nobody listens, and the engine does not know. */
  void stopListening() {
    listener.close();
    engine.engine().hearing().regained();
  }

  @Override
  public void close() {
    listener.close();
    engine.close();
  }
}
