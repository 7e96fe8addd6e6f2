package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Ours, with the settings and the sweep of the service, called by blocking threads. */
public final class Ours implements Contender {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration SWEEP_EVERY = Duration.ofMillis(5);
  private static final CacheSettings MEMORY =
      CacheSettings.within(/* maxBytes= */ 64 << 20, /* maxNegativeBytes= */ 4 << 20);

  private final LoadOnce<Key, Row> rows;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  public Ours(Source<Key, Row> source) {
    MemoryCache<Key, Row> memory =
        new MemoryCache<>(MEMORY, Key::memoryBytes, (Row row) -> row.encodedData().size());
    this.rows =
        new LoadOnce<>(
            memory, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, source, System::nanoTime);
    long millis = SWEEP_EVERY.toMillis();
    var _ = sweeper.scheduleWithFixedDelay(rows::sweep, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    return switch (rows.await(id, WAIT)) {
      case Outcome.Found<Row> found -> new Answer(found.value(), way(found.origin()));
      case Outcome.Missing<Row> _ -> throw RowLoader.absent();
      case Outcome.Failed<Row> failed -> throw failed.reason();
      case Outcome.Refused<Row> refused ->
          throw new SourceException.Unavailable("refused: " + refused.cap(), /* cause= */ null);
      case Outcome.Outdated<Row> _ -> throw new AssertionError("no version was asked for");
      case Outcome.NotLoaded<Row> _ -> throw new AssertionError("loads are not switched off");
      case Outcome.TimedOut<Row> _ ->
          throw new SourceException.Unavailable("timed out", /* cause= */ null);
    };
  }

  @Override
  public void invalidate(Key id) {
    var _ = rows.invalidate(id);
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }

  private static Way way(Outcome.Origin origin) {
    return switch (origin) {
      case MEMORY, SHARED, STALE -> Way.MEMORY;
      case LOADED -> Way.QUERIED;
      case JOINED -> Way.WAITED;
    };
  }
}
