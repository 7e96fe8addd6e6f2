package io.loadonce.bench.ladder.rung;

import io.loadonce.bench.ladder.rung.Answer.Way;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
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
public final class Ours implements Rung {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration SWEEP_EVERY = Duration.ofMillis(5);
  private static final CacheSettings MEMORY =
      CacheSettings.within(/* maxBytes= */ 64 << 20, /* maxNegativeBytes= */ 4 << 20);

  private final LoadOnce<ResourceId, Resource> rows;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  public Ours(ResourceSource<ResourceId, Resource> source) {
    MemoryCache<ResourceId, Resource> memory =
        new MemoryCache<>(
            MEMORY, id -> id.text().length(), (Resource row) -> row.encodedData().size());
    this.rows =
        new LoadOnce<>(
            memory, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, source, System::nanoTime);
    long millis = SWEEP_EVERY.toMillis();
    var _ = sweeper.scheduleWithFixedDelay(rows::sweep, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public Answer get(ResourceId id) throws SourceException, InterruptedException {
    return switch (rows.await(id, WAIT)) {
      case Outcome.Found<Resource> found -> new Answer(found.value(), way(found.origin()));
      case Outcome.Missing<Resource> _ -> throw RowLoader.absent();
      case Outcome.Failed<Resource> failed -> throw failed.reason();
      case Outcome.Refused<Resource> refused ->
          throw new SourceException.Unavailable("refused: " + refused.cap(), /* cause= */ null);
      case Outcome.Outdated<Resource> _ -> throw new AssertionError("no version was asked for");
      case Outcome.TimedOut<Resource> _ ->
          throw new SourceException.Unavailable("timed out", /* cause= */ null);
    };
  }

  @Override
  public void invalidate(ResourceId id) {
    var _ = rows.invalidate(id);
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }

  private static Way way(Outcome.Origin origin) {
    return switch (origin) {
      case MEMORY, STALE -> Way.MEMORY;
      case LOADED -> Way.QUERIED;
      case JOINED -> Way.WAITED;
    };
  }
}
