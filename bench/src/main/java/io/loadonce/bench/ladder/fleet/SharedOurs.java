package io.loadonce.bench.ladder.fleet;

import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.changes.FeedKind;
import io.loadonce.server.changes.Instances.Reach;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.tier.RedisTier;
import io.loadonce.server.tier.TierSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ours, with the sweep and nearly the settings of the service, called by blocking threads. */
final class SharedOurs implements Rung {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration SWEEP_EVERY = Duration.ofMillis(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(20);
  private static final CacheSettings MEMORY =
      CacheSettings.within(/* maxBytes= */ 64 << 20, /* maxNegativeBytes= */ 4 << 20);

  private final String lookup;
  private final RedisTier tier;
  private final LoadOnce<Key, EncodedRow> rows;
  private final ChangeListener listener;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /** Waits until it uses Redis. */
  SharedOurs(String redisUrl, Database database, LookupSettings lookup)
      throws InterruptedException {
    this.lookup = lookup.name();
    Source<Key, EncodedRow> source = database.source(lookup, StructForm.ofOne(EncodedRow::of));
    this.tier =
        RedisTier.start(
            TierSettings.of(redisUrl),
            new RedisTier.Surroundings(
                "the ladder",
                LockSettings.DEFAULTS.loadTimeout(),
                HEARTBEAT,
                LoadSettings.DEFAULTS.staleOnDisconnect(),
                /* listensToDatabase= */ false),
            System::nanoTime);
    this.rows =
        new LoadOnce<>(
            new MemoryCache<>(MEMORY, Key::memoryBytes, EncodedRow::sizeBytes),
            LoadSettings.DEFAULTS,
            LockSettings.DEFAULTS,
            source,
            new Shared(
                new WaiterBudget(LockSettings.DEFAULTS.maxWaiters()),
                Loaders.of(source.connections()),
                database.availability()),
            System::nanoTime,
            tier.stage(lookup, () -> MEMORY));
    this.listener =
        ChangeListener.start(
            tier.feed(),
            FeedKind.INSTANCES,
            tier.feedObserver(),
            Map.of(this.lookup, rows),
            HEARTBEAT,
            System::nanoTime);
    long millis = SWEEP_EVERY.toMillis();
    var _ = sweeper.scheduleWithFixedDelay(this::sweep, millis, millis, TimeUnit.MILLISECONDS);
    awaitConnected();
  }

  private void awaitConnected() throws InterruptedException {
    long endNanos = System.nanoTime() + CONNECTED_WITHIN.toNanos();
    while (!tier.isConnected() || !tier.isTrusted(lookup) || !listener.isConnected()) {
      if (System.nanoTime() - endNanos > 0) {
        throw new IllegalStateException("Redis is not reached");
      }
      Thread.sleep(SWEEP_EVERY);
    }
  }

  private void sweep() {
    rows.sweep();
    tier.sweep();
    listener.watch();
  }

  @Override
  public long version(Key id) throws SourceException, InterruptedException {
    return switch (rows.await(id, WAIT)) {
      case Outcome.Found<EncodedRow> found -> found.version();
      case Outcome.Failed<EncodedRow> failed -> throw failed.reason();
      case Outcome.Missing<EncodedRow> _,
          Outcome.NotLoaded<EncodedRow> _,
          Outcome.Refused<EncodedRow> _,
          Outcome.Outdated<EncodedRow> _,
          Outcome.TimedOut<EncodedRow> _ ->
          throw new SourceException.Unavailable("no row", /* cause= */ null);
    };
  }

  /** With STRENGTH_SEEN: waits until every instance has obeyed. */
  @Override
  public void invalidate(Key id) throws InterruptedException {
    try {
      @Nullable Reach reach =
          tier.invalidate(lookup, List.of(id), /* isSeen= */ true, () -> rows.invalidate(id)).get();
      if (reach == null || !reach.isSent()) {
        throw new IllegalStateException("the invalidation was not sent");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an invalidation never fails", e);
    }
  }

  @Override
  public void close() {
    listener.close();
    sweeper.shutdownNow();
    tier.close();
  }
}
