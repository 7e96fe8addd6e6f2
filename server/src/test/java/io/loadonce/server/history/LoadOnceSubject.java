package io.loadonce.server.history;

import static org.awaitility.Awaitility.await;

import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The engine in this process. It caches the payload of a row. */
final class LoadOnceSubject implements HistorySubject {
  static final Duration LOAD_TIMEOUT = Duration.ofSeconds(1);

  /** For a first connection on a busy machine. */
  private static final Duration MAX_OPENING = Duration.ofSeconds(20);

  private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(5);

  private static final int IDS_PER_ALL = 64;

  private final AtomicInteger invalidations = new AtomicInteger();
  private final OneLookup.Open<Long> rows;
  private final MemoryCache<Key, Long> cache;
  private final LoadOnce<Key, Long> engine;
  private final Duration timeout;
  private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();

  LoadOnceSubject(HistoryDatabase database, Variant variant) {
    this.rows = database.settings(variant.maxDelay()).open(LoadOnceSubject::payload);
    await().atMost(MAX_OPENING).until(rows.database()::isReachable);
    this.cache = new MemoryCache<>(variant.cache(), _ -> 8, _ -> 8);
    this.engine =
        new LoadOnce<>(
            cache,
            variant.load(),
            lockSettings(),
            new DelayedSource<>(rows, variant.maxDelay()),
            System::nanoTime);
    this.timeout = variant.timeout();
    alsoSweep(engine::sweep);
  }

  /** Adds a task that runs with each sweep. */
  void alsoSweep(Runnable sweep) {
    var _ =
        sweeper.scheduleWithFixedDelay(sweep, 0, BETWEEN_SWEEPS.toNanos(), TimeUnit.NANOSECONDS);
  }

  static LockSettings lockSettings() {
    LockSettings defaults = LockSettings.DEFAULTS;
    return new LockSettings(
        defaults.segments(),
        defaults.maxWaitersPerId(),
        defaults.maxWaiters(),
        LOAD_TIMEOUT,
        defaults.abandonAfter());
  }

  /** The version as the payload has it. */
  static long payload(Row row) {
    return Long.parseLong(row.data().getFieldsOrThrow("payload").getStringValue());
  }

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    Key key = Key.of(Integer.toString(id));
    Outcome<Long> hit = engine.look(key, Freshness.ofVersion(minVersion));
    return answer(hit == null ? load(key, minVersion) : hit);
  }

  /** One of so many invalidations removes everything, the id included. */
  @Override
  public void invalidate(int id) {
    if (invalidations.incrementAndGet() % IDS_PER_ALL == 0) {
      engine.invalidateAll();
    } else {
      engine.invalidate(Key.of(Integer.toString(id)));
    }
  }

  /** Removes the entry as a cache without flights would, and fences no flight. */
  void forgetOnly(int id) {
    cache.remove(Key.of(Integer.toString(id)));
  }

  Database database() {
    return rows.database();
  }

  LoadOnce<Key, Long> engine() {
    return engine;
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    rows.close();
  }

  private Outcome<Long> load(Key key, long minVersion) throws InterruptedException {
    CompletableFuture<Outcome<Long>> outcome = new CompletableFuture<>();
    var _ = engine.join(key, Freshness.ofVersion(minVersion), timeout, outcome::complete);
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is never an exception", e);
    }
  }

  private static Answer answer(Outcome<Long> outcome) {
    return switch (outcome) {
      case Found<Long> found -> row(found.value(), found.version());
      case Outdated<Long> _ -> new Answer.TooOld();
      case Failed<Long>(var reason) -> new Answer.NoAnswer(reason.toString());
      case Missing<Long> _, Outcome.NotLoaded<Long> _, Refused<Long> _, TimedOut<Long> _ ->
          new Answer.NoAnswer(outcome.toString());
    };
  }

  private static Answer row(long payload, long version) {
    if (payload != version) {
      throw new IllegalStateException("payload %d beside version %d".formatted(payload, version));
    }
    return new Answer.Row(version);
  }
}
